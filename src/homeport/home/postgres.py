"""The Postgres cluster of an installation: its SQL is psql on stdin, by exec, so no port is published for us.

A database's owner is not trusted: whatever stands in an application's database (a view, a function, an
operator) was written by it. So the superuser's sessions read system catalogs only, with nothing else on their
search path, and tables of an application are read as its owner.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from docker.errors import APIError

from homeport.database.sql import identifier
from homeport.errors import DatabaseFailed, DatabaseNotReady
from homeport.home.execute import execute, runs
from homeport.home.home import Home
from homeport.home.roles import (
    DatabaseSpec,
    Remedy,
    Seen,
    parse,
    question,
    refuse_foreign,
    remedies,
    unfinished,
)
from homeport.host import Output

__all__ = ["DatabaseFacts", "DatabaseSpec", "Postgres"]

SUPERUSER = "postgres"
STATEMENT_TIMEOUT = timedelta(seconds=60)
SILENCE = STATEMENT_TIMEOUT + timedelta(seconds=30)
OPTIONS = f"-c search_path=pg_catalog -c client_min_messages=warning -c statement_timeout={STATEMENT_TIMEOUT.seconds}s"
ROUNDS = 4  # roles and database, then what is inside, then a look; one more for a rival that was first
TAKE_TURNS = "SELECT pg_advisory_lock(7461726765740001);"  # held until the session ends; the number is only ours
STARTS_WITHIN = timedelta(seconds=60)  # after a crash it goes over what it wrote since its last checkpoint
# psql's exit code and words where no session began. Source: PostgreSQL, backend_startup.c and libpq's fe-connect.c.
UNCONNECTED = 2
STARTING = re.compile(b"the database system is |Is the server running")
POSITION = re.compile(r"^psql:[^:]*:\d+: ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """A database as it is; `changed` says in words what is not as it should be."""

    owner: str
    extensions: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Postgres:
    """The cluster that runs in `container`."""

    home: Home
    container: str

    def wait_until_ready(self, timeout: timedelta, said: str = "") -> None:
        """Returns once it answers over TCP: while it is being initialized it answers on its socket only.

        Raises DatabaseNotReady, with what was `said` before and the last log lines, when it ends or does not answer in
        time.
        """
        deadline = time.monotonic() + timeout.total_seconds()
        while runs(self.home.docker, self.container):
            if self.answers():
                return
            if time.monotonic() > deadline:
                raise self._not_ready(f"Postgres was not ready within {timeout.total_seconds():.0f} s.", said)
            time.sleep(0.1)
        raise self._not_ready("Postgres does not run.", said)

    def answers(self) -> bool:
        """Whether it takes connections over TCP."""
        command = ("pg_isready", "-q", "-h", "127.0.0.1", "-U", SUPERUSER)
        return execute(self.home.docker, self.container, command).returncode == 0

    def psql(self, sql: str, database: str = "postgres", *, user: str = SUPERUSER) -> str:
        """What the statements print, unaligned and without headers; they stop at the first error. A Postgres that is
        still starting is waited for.

        Raises DatabaseFailed with Postgres's words, or DatabaseNotReady.
        """
        output = self._converse(sql, database, user)
        if output.returncode == UNCONNECTED and STARTING.search(output.stderr):
            self.wait_until_ready(STARTS_WITHIN, _words(output))
            output = self._converse(sql, database, user)
        if output.returncode != 0:
            raise DatabaseFailed(f"Postgres refused a statement in database {database}.", detail=_words(output))
        return output.stdout.decode().strip("\n")

    def checkpoint(self) -> None:
        """Write to disk what is in memory only: a stop that follows has little left to write, and is short."""
        self.psql("CHECKPOINT;")

    def ensure_database(self, spec: DatabaseSpec) -> tuple[str, ...]:
        """Make the database and its roles what the spec says; returns what was not so, in words (empty:
        nothing).

        May be interrupted anywhere and run twice at once. Raises Refused, changing nothing, for a database or
        a role of that name that is somebody else's, and DatabaseFailed.
        """
        changed: list[str] = []
        failure: DatabaseFailed | None = None
        for _ in range(ROUNDS):
            left = self._remedies(spec)
            if not left:
                return tuple(changed)
            try:
                self._apply(left, spec.name)
            except DatabaseFailed as error:
                failure = error  # a rival may have been first: the next look tells
            else:
                changed += [remedy.drift for remedy in left]
        raise failure or unfinished(spec, left)

    def look(self, spec: DatabaseSpec) -> DatabaseFacts | None:
        """The database as it is; None when there is none."""
        seen = self._see(spec.name, spec.owner, spec.app)
        if seen.owner is None:
            return None
        extensions = seen.inside.extensions if seen.inside else ()
        return DatabaseFacts(seen.owner, extensions, tuple(remedy.drift for remedy in remedies(spec, seen)))

    def drop(self, name: str, owner: str, app: str, *, belongs_to: str) -> None:
        """Drop the database with all its data, and its roles; sessions in it are ended. A missing one is no
        error.

        Raises Refused, changing nothing, for what belongs to another.
        """
        refuse_foreign(name, (owner, app), belongs_to, self._see(name, owner, app))
        statements = [f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE);"]
        statements += [f"DROP ROLE IF EXISTS {identifier(role)};" for role in (owner, app)]
        self.psql("\n".join([TAKE_TURNS, *statements]))

    def _remedies(self, spec: DatabaseSpec) -> list[Remedy]:
        seen = self._see(spec.name, spec.owner, spec.app)
        refuse_foreign(spec.name, (spec.owner, spec.app), spec.belongs_to, seen)
        return remedies(spec, seen)

    def _apply(self, left: Sequence[Remedy], database: str) -> None:
        outside = [remedy.sql for remedy in left if not remedy.is_inside]
        inside = [remedy.sql for remedy in left if remedy.is_inside]
        if outside:
            self.psql("\n".join([TAKE_TURNS, *outside]))
        if inside:
            self.psql("\n".join([TAKE_TURNS, *inside]), database)

    def _see(self, name: str, owner: str, app: str) -> Seen:
        inside = question(name, owner, app, inside=True)
        try:
            return parse(self.psql(inside, name))
        except DatabaseFailed:
            seen = parse(self.psql(question(name, owner, app, inside=False)))
        # There now: a rival has just made it, or it is refused for a reason that the second try tells.
        return seen if seen.owner is None else parse(self.psql(inside, name))

    def _converse(self, sql: str, database: str, user: str) -> Output:
        environment = ("env", f"PGDATABASE={database}", f"PGOPTIONS={OPTIONS}")
        command = (*environment, "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-U", user)
        return execute(self.home.docker, self.container, command, stdin=sql.encode(), timeout=SILENCE)

    def _not_ready(self, message: str, said: str) -> DatabaseNotReady:
        detail = "\n".join(filter(None, (said, self._last_lines())))
        return DatabaseNotReady(message, detail=detail, next_step=f"See: docker logs {self.container}")

    def _last_lines(self) -> str:
        try:
            return str(self.home.docker.logs(self.container, tail=10).decode(errors="replace").strip())
        except APIError as error:
            return str(error.explanation or error)


def _words(output: Output) -> str:
    return POSITION.sub("", output.stderr.decode(errors="replace").strip())
