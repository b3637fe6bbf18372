"""Flyway's own account of a database, and what a failed run left in it.

All of it is asked as the database's owner: its tables are the application's, and the superuser does not touch
them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homeport.database.flyway import APPLICATION_NAME, version_order
from homeport.database.sql import identifier, literal
from homeport.home.postgres import Postgres

TABLE = "public.flyway_schema_history"

_END_SESSIONS = f"""
SELECT count(pg_terminate_backend(pid, 5000)) AS ended FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user
  AND application_name = {literal(APPLICATION_NAME)} \\gset
"""

_QUESTION = f"""
SELECT to_regclass({literal(TABLE)}) IS NOT NULL AS is_there \\gset
\\if :is_there
  SELECT json_agg(json_build_object('version', version, 'description', description, 'type', type,
      'script', script, 'checksum', checksum, 'succeeded', success) ORDER BY installed_rank) FROM {TABLE};
\\else
  SELECT 'null';
\\endif
SELECT json_agg(json_build_array(nspname, relname) ORDER BY nspname, relname)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE NOT indisvalid AND pg_get_userbyid(relowner) = current_user
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS built WHERE built.index_relid = indexrelid);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of flyway_schema_history. `version` is None for a repeatable migration."""

    version: str | None
    description: str
    type: str
    script: str
    checksum: int | None
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Index:
    """An index that a failed CREATE INDEX CONCURRENTLY left invalid: kept up to date, but never used."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class History:
    """What Flyway did in a database; without rows when it never ran there."""

    rows: tuple[Row, ...] = ()
    invalid_indexes: tuple[Index, ...] = ()

    @property
    def version(self) -> str | None:
        """The schema's version: the highest that succeeded."""
        versions = [row.version for row in self.rows if row.succeeded and row.version]
        return max(versions, key=version_order, default=None)

    @property
    def failed(self) -> tuple[Row, ...]:
        """Failed migrations that could not be rolled back, because they ran outside a transaction."""
        return tuple(row for row in self.rows if not row.succeeded)

    def has_run(self, script: str) -> bool:
        return any(row.script == script and row.succeeded for row in self.rows)


def history(postgres: Postgres, database: str, owner: str) -> History:
    """Raises DatabaseFailed, as for a database that is not there."""
    return _parse(postgres.psql(_QUESTION, database, user=owner))


def end_other_runs(postgres: Postgres, database: str, owner: str) -> History:
    """End the sessions of runs whose Flyway is gone, which Postgres would only notice at their next
    answer."""
    return _parse(postgres.psql(_END_SESSIONS + _QUESTION, database, user=owner))


def drop_indexes(postgres: Postgres, database: str, owner: str, indexes: Sequence[Index]) -> None:
    """Concurrently, so that nobody who reads the table waits."""
    names = (f"{identifier(index.schema)}.{identifier(index.name)}" for index in indexes)
    statements = (f"DROP INDEX CONCURRENTLY IF EXISTS {name};" for name in names)
    postgres.psql("\n".join(statements), database, user=owner)


def forget_failures(postgres: Postgres, database: str, owner: str) -> None:
    """Remove the rows of failed migrations, and nothing else.

    Not by `flyway repair`: that also takes over the checksums of files that were edited after their release.
    """
    postgres.psql(f"DELETE FROM {TABLE} WHERE NOT success;", database, user=owner)


def _parse(answer: str) -> History:
    rows, indexes = [*answer.split("\n"), ""][:2]
    return History(
        tuple(_row(row) for row in json.loads(rows or "null") or ()),
        tuple(Index(schema, name) for schema, name in json.loads(indexes or "null") or ()),
    )


def _row(row: dict[str, Any]) -> Row:
    return Row(row["version"], row["description"], row["type"], row["script"], row["checksum"], row["succeeded"])
