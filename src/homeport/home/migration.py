"""Bring a database's schema up to date: Flyway, once, in a container of its own, before anything new
serves."""

import io
import tarfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from docker.errors import APIError, ImageNotFound, NotFound
from docker.types import LogConfig

from homeport.database import flyway
from homeport.database.flyway import Failed
from homeport.database.migration_failure import explain
from homeport.errors import EngineFailed, Interrupted, MigrationFailed
from homeport.events import Emit, Event, Level
from homeport.home import history as histories
from homeport.home.history import History, Index
from homeport.home.home import Home
from homeport.home.postgres import Postgres
from homeport.secret import Secret

__all__ = ["History", "Migrated", "history", "migrate"]

MEMORY = 512 * 1024 * 1024
PROCESS_LIMIT = 256
STOP_SECONDS = 5
POLL = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Migrated:
    """The schema's version (None while only repeatables ran), the files that ran now, and the whole
    history."""

    version: str | None
    applied: tuple[str, ...]
    history: History


def migrate(
    home: Home,
    *,
    name: str,
    database: str,
    image: str,
    owner: str,
    password: Secret,
    placeholders: Mapping[str, str],
    labels: Mapping[str, str],
    stopped: Callable[[], bool],
    emit: Emit,
) -> Migrated:
    """Run the image's migrations in a container called `name`, which is gone afterwards whatever happens.

    What an earlier failure or kill left is put right first: its container, its sessions, its failed rows, and
    the invalid indexes of its CREATE INDEX CONCURRENTLY. A file that was edited after it ran is refused.
    Raises MigrationFailed, Interrupted (what was open is rolled back), DatabaseFailed or EngineFailed.
    """
    run = _Run(home, name, database, image, owner, placeholders, stopped, emit)
    try:
        run.wait_for_leftover()
        run.create(password, labels)
        files = run.read_files()
        run.mend(files)
        return run.migrate(files)
    finally:
        run.remove()


def history(postgres: Postgres, database: str, owner: str) -> History:
    """What Flyway did in the database. Raises DatabaseFailed when it is not there."""
    return histories.history(postgres, database, owner)


@dataclass(frozen=True, slots=True)
class _Run:
    home: Home
    name: str
    database: str
    image: str
    owner: str
    placeholders: Mapping[str, str]
    stopped: Callable[[], bool]
    emit: Emit

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.home, f"{self.home.instance}-postgres")

    def wait_for_leftover(self) -> None:
        """A run whose homeport was killed goes on by itself: it is let finish, because it may be half-way."""
        found = self._inspect()
        if found is None:
            return
        if found["State"]["Running"]:
            self._tell("waits for the migration of an interrupted release, which still runs", "warning")
            self._wait()
        self.remove()

    def create(self, password: Secret, labels: Mapping[str, str]) -> None:
        docker = self.home.docker
        limits = docker.create_host_config(
            network_mode=self.home.network("data"),
            read_only=True,
            tmpfs={"/tmp": "mode=1777"},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            mem_limit=MEMORY,
            memswap_limit=MEMORY,
            pids_limit=PROCESS_LIMIT,
            # Its output is read, whatever the engine's default is.
            log_config=LogConfig(type="json-file", config={}),
        )
        try:
            docker.create_container(
                self.image,
                name=self.name,
                command=flyway.migrate_arguments(self.database, self.owner, self.placeholders),
                # Without a locale, Java reads its own arguments as ASCII: a placeholder's value would be garbled.
                environment={"FLYWAY_PASSWORD": password.reveal(), "LC_ALL": "C.UTF-8"},
                labels=dict(labels),
                host_config=limits,
            )
        except ImageNotFound as error:
            raise EngineFailed(
                f"The migrations' image {self.image} is not on {self.home.host.address}.",
                next_step="Build and push it again with: homeport up",
            ) from error
        except APIError as error:
            raise self._engine_failed("created", error) from error

    def read_files(self) -> dict[str, str]:
        """The image's SQL files by their path in its folder. Raises MigrationFailed when there is no
        migration."""
        try:
            chunks, _ = self.home.docker.get_archive(self.name, flyway.SQL_FOLDER)
        except NotFound:
            files = {}
        else:
            files = _sql_files(b"".join(chunks))
        if not any(flyway.is_migration(script) for script in files):
            raise MigrationFailed(
                f"The image {self.image} holds no migration in {flyway.SQL_FOLDER}.",
                next_step="Check the folder that `database: migrations:` names in homeport.yaml.",
            )
        return files

    def mend(self, files: Mapping[str, str]) -> None:
        """Undo what a failed run left: only its failed rows, and only invalid indexes of files that did
        not run."""
        before = histories.end_other_runs(self.postgres, self.database, self.owner)
        left = self._left_indexes(files, before)
        if left:
            histories.drop_indexes(self.postgres, self.database, self.owner, left)
            self._tell(f"dropped what a failed run left invalid: {_names(left)}", "warning")
        if before.failed:
            histories.forget_failures(self.postgres, self.database, self.owner)
            scripts = ", ".join(row.script for row in before.failed)
            self._tell(f"runs again from its start what failed half-way: {scripts}", "warning")
        if others := [index for index in before.invalid_indexes if index not in left]:
            self._tell(f"left alone, but invalid and of no use: {_names(others)}", "warning")

    def migrate(self, files: Mapping[str, str]) -> Migrated:
        try:
            self.home.docker.start(self.name)
        except APIError as error:
            raise self._engine_failed("started", error) from error
        self._tell("Flyway runs", "start")
        state = self._wait()
        result = flyway.outcome(state["ExitCode"], self._output(state))
        if isinstance(result, Failed):
            raise self._explain(result, files, state)
        after = histories.history(self.postgres, self.database, self.owner)
        self._verify(files, after)
        self._tell(_summary(result.applied, after), "done")
        return Migrated(after.version, result.applied, after)

    def remove(self) -> None:
        try:
            self.home.docker.remove_container(self.name, force=True, v=True)
        except NotFound:
            return  # there was none, or somebody else removed it

    def _wait(self) -> dict[str, Any]:
        """The state it ended in. Raises Interrupted after having stopped it, when somebody wants to stop."""
        while (found := self._inspect()) is not None and found["State"]["Running"]:
            if self.stopped():
                self._stop()
            time.sleep(POLL.total_seconds())
        if found is None:
            raise MigrationFailed(f"The container {self.name} was removed while Flyway ran in it.")
        state: dict[str, Any] = found["State"]
        return state

    def _stop(self) -> None:
        self.home.docker.stop(self.name, timeout=STOP_SECONDS)
        histories.end_other_runs(self.postgres, self.database, self.owner)
        raise Interrupted(
            f"The migration of {self.database} was stopped; Postgres rolled back what was open.",
            next_step="Run the same command again to go on.",
        )

    def _explain(self, failed: Failed, files: Mapping[str, str], state: Mapping[str, Any]) -> MigrationFailed:
        if state["OOMKilled"]:
            return MigrationFailed(f"Flyway was killed for memory; it has {MEMORY // 1024**2} MB.", detail=failed.words)
        if failed.code == "DB_CONNECTION":
            return explain(failed, files, is_half_done=False, left="")
        after = histories.history(self.postgres, self.database, self.owner)
        left = _names(self._left_indexes(files, after))
        return explain(failed, files, is_half_done=bool(after.failed), left=left)

    def _left_indexes(self, files: Mapping[str, str], known: History) -> list[Index]:
        unfinished = [sql for script, sql in files.items() if not known.has_run(script)]
        names = {name for sql in unfinished for name in flyway.concurrent_indexes(sql, self.placeholders)}
        return [index for index in known.invalid_indexes if index.name in names]

    def _verify(self, files: Mapping[str, str], after: History) -> None:
        """Flyway also says "success" when it saw no file; so what the image holds must be in the history."""
        baseline = max(map(_baseline, after.rows), default=())
        ran = {flyway.version_order(row.version) for row in after.rows if row.version and row.succeeded}
        missing = [script for script in files if _misses(script, ran, baseline)]
        if missing or not after.rows:
            scripts = ", ".join(missing or files)
            raise MigrationFailed(
                f"Flyway said success, but its history of {self.database} does not hold {scripts}.",
                next_step=f"See: SELECT * FROM {histories.TABLE}",
            )

    def _output(self, state: Mapping[str, Any]) -> str:
        said = self.home.docker.logs(self.name, stdout=True, stderr=False)
        return str((said or self.home.docker.logs(self.name)).decode(errors="replace")) or str(state["Error"])

    def _inspect(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.home.docker.inspect_container(self.name)
        except NotFound:
            return None
        return found

    def _engine_failed(self, what: str, error: APIError) -> EngineFailed:
        message = f"The migrations' container {self.name} could not be {what}."
        return EngineFailed(message, detail=str(error.explanation or error))

    def _tell(self, text: str, level: Level) -> None:
        self.emit(Event("migration", self.database, text, level))


def _sql_files(archive: bytes) -> dict[str, str]:
    """The text of every SQL file in the engine's archive of a folder, by path below that folder."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            script = member.name.partition("/")[2]
            content = tar.extractfile(member) if script.lower().endswith(".sql") else None
            if content is not None:
                files[script] = content.read().decode(errors="replace")
    return dict(sorted(files.items()))


def _baseline(row: histories.Row) -> tuple[int, ...]:
    """The version up to which a database counted as migrated before Flyway came."""
    return flyway.version_order(row.version) if row.version and "BASELINE" in row.type else ()


def _misses(script: str, ran: set[tuple[int, ...]], baseline: tuple[int, ...]) -> bool:
    version = flyway.version_of(script)
    return version is not None and version > baseline and version not in ran


def _names(indexes: list[Index]) -> str:
    return ", ".join(str(index) for index in indexes)


def _summary(applied: tuple[str, ...], after: History) -> str:
    at = f"schema at version {after.version}" if after.version else "schema without a version"
    return f"applied {', '.join(applied)}; {at}" if applied else f"nothing to do; {at}"
