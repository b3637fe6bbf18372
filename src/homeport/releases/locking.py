"""Which of squawk's rules name a migration that would hang, or keep others from a table for long. Pure.

These are refused. Not among them: what takes its lock only for a moment (DROP INDEX, DROP COLUMN, a new column
without a default): with a lock_timeout, which squawk asks for, it gives up rather than hold up a queue.
Source: squawk 2.70, "Rules"; PostgreSQL, "ALTER TABLE" (Notes), "Explicit Locking".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lock:
    """Why it is refused, what to do instead, and the statements that squawk names without need."""

    why: str
    remedy: str
    unless: re.Pattern[str] | None = None

    def spares(self, code: str) -> bool:
        """Whether the statement is one of those."""
        return self.unless is not None and self.unless.match(code) is not None


# Postgres knows that a new column without a default holds no value that could be wrong, and scans nothing.
EMPTY_COLUMNS = re.compile(
    r"(?!.*\bDEFAULT\b)(?!.*\bADD\s+(?:CONSTRAINT|FOREIGN)\b).*\bREFERENCES\b", re.IGNORECASE | re.DOTALL
)
NOT_VALID = "Add it NOT VALID here, and VALIDATE CONSTRAINT in the next migration, which locks nobody out."
CONCURRENTLY = "Write CREATE INDEX CONCURRENTLY, alone in a migration of its own."
BY_INDEX = (
    "Make a unique index CONCURRENTLY in a migration of its own, and then add the constraint USING INDEX with its name."
)

LOCKING: Mapping[str, Lock] = {
    "require-concurrent-index-creation": Lock("blocks every write to the table while the index is built", CONCURRENTLY),
    "require-concurrent-reindex": Lock(
        "blocks reads and writes while the index is built anew",
        "Write REINDEX … CONCURRENTLY, alone in its file, with executeInTransaction=false in <the file>.conf.",
    ),
    "ban-concurrent-index-creation-in-transaction": Lock(
        "Flyway refuses CONCURRENTLY beside statements that need a transaction",
        "Leave it alone in a migration of its own, without SET, too.",
    ),
    "constraint-missing-not-valid": Lock("blocks writes while every row is looked at", NOT_VALID),
    "adding-foreign-key-constraint": Lock(
        "blocks writes to both tables while every row is looked at", NOT_VALID, EMPTY_COLUMNS
    ),
    "adding-not-nullable-field": Lock(
        "blocks reads and writes while every row is looked at",
        "Add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in the next migration, and SET NOT NULL after that.",
    ),
    "adding-field-with-default": Lock(
        "writes the whole table anew while reads and writes wait",
        "Add the column without it, SET DEFAULT, and fill in the rows that are there in pieces.",
    ),
    "adding-serial-primary-key-field": Lock("blocks reads and writes while its index is built", BY_INDEX),
    "disallowed-unique-constraint": Lock("blocks reads and writes while its index is built", BY_INDEX),
    "changing-column-type": Lock(
        "writes the whole table anew while reads and writes wait, unless the new type only allows more",
        "Add a column of the new type, fill it, and let go of the old one when no release uses it any more.",
    ),
    "ban-alter-domain-with-add-constraint": Lock(
        "blocks writes to every table that uses the domain while all of them are looked at",
        NOT_VALID,
    ),
    "prefer-repack": Lock("writes the whole table anew while reads and writes wait", "Use REPACK (CONCURRENTLY)."),
}
