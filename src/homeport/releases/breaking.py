"""Which migrations code of an earlier release cannot run on. A rollback stops at them. Pure.

Two voices: squawk's rules, and above them the author, by a comment on a line of its own:

    -- homeport: breaking: the old worker would send mails twice
    -- homeport: compatible: nothing has read this column since release 12

Not breaking: constraints and unique indexes that are added. All that earlier code has written satisfied them.
Source: squawk 2.70, "Rules".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from homeport.releases.migrations import Migration

USED = "earlier code may use it"
BREAKING: Mapping[str, str] = {
    "ban-drop-column": USED,
    "ban-drop-table": USED,
    "ban-drop-view": USED,
    "ban-drop-function": USED,
    "ban-drop-sequence": USED,
    "ban-drop-type": USED,
    "ban-drop-domain": USED,
    "ban-drop-schema": USED,
    "ban-drop-extension": USED,
    "ban-drop-database": USED,
    "renaming-column": "earlier code knows the old name",
    "renaming-table": "earlier code knows the old name",
    "renaming-object": "earlier code knows the old name",
    "ban-set-schema": "earlier code looks for it where it was",
    "changing-column-type": "earlier code reads and writes the old type",
    "adding-required-field": "earlier code inserts rows without it",
    "adding-not-nullable-field": "earlier code may leave it empty",
    "ban-drop-default": "earlier code may leave it to the default",
    "ban-alter-identity": "earlier code may leave it to the sequence",
    "ban-drop-not-null": "earlier code may not expect NULL",
    "ban-drop-generated-expression": "earlier code expects Postgres to fill it",
}
"""A rule, and why what it names is breaking."""

HARMLESS = re.compile(r"\s*ALTER\s+INDEX\b|.*\bRENAME\s+CONSTRAINT\b", re.IGNORECASE | re.DOTALL)
"""What renaming-object names and no query mentions."""
RECREATED = frozenset({"ban-drop-view", "ban-drop-function"})
"""Nothing is gone when the same file makes it again."""

NOT_ONLY_BREAKING = frozenset({"adding-required-field"})
"""What fails, too, where the table has rows: told beside the verdict on the file."""

NOT_JUDGED = "not judged"
_MARK = re.compile(r"^[ \t]*--[ \t]*homeport[ \t]*:[ \t]*(\w*)[ \t]*(?::[ \t]*(.*?))?[ \t\r]*$", re.MULTILINE)
_WORDS = ("breaking", "compatible")


def marks(text: str) -> Mapping[str, str]:
    """What the author says, `breaking` or `compatible`, each with the reason; one of them at most."""
    return {found[1]: found[2] or "" for found in _MARK.finditer(text) if found[1] in _WORDS}


def mark_problems(text: str) -> list[tuple[int, str]]:
    """Comments that mean to be a mark and are none, by line: a slip must not turn into the opposite."""
    wrong = [found for found in _MARK.finditer(text) if found[1] not in _WORDS]
    problems = [
        (text.count("\n", 0, found.start()) + 1, "a mark is `-- homeport: breaking` or `-- homeport: compatible`")
        for found in wrong
    ]
    return [*problems, (1, "is marked breaking and compatible; one of them")] if len(marks(text)) > 1 else problems


def verdict(text: str, found: Iterable[str], *, unjudged: str = "") -> str:
    """Why a file is breaking, or nothing: the author's word, or else what the rules found, or that they could not."""
    said = marks(text)
    if "compatible" in said:
        return ""
    if "breaking" in said:
        return "marked breaking" + (f": {said['breaking']}" if said["breaking"] else "")
    return f"{NOT_JUDGED}: {unjudged}" if unjudged else "; ".join(found)


def with_verdicts(
    earlier: Sequence[Migration], now: Sequence[Migration], verdicts: Mapping[str, str]
) -> tuple[Migration, ...]:
    """Migrations with `breaking`: what was judged now, by script, or else what their release has recorded."""
    recorded = {_identity(migration): migration.breaking for migration in earlier}
    return tuple(
        replace(migration, breaking=verdicts.get(migration.script, recorded.get(_identity(migration), "")))
        for migration in now
    )


def _identity(migration: Migration) -> tuple[str, object]:
    return (migration.kind, migration.order() if migration.version else migration.description)
