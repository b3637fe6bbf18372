"""Flyway as a task in the VPC, beside the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from homeport.aws.tasks import Ended, Tasks, TaskSpec
from homeport.database import flyway
from homeport.database.flyway import Failed, Succeeded
from homeport.database.migration_failure import explain
from homeport.errors import HomeportError, MigrationFailed
from homeport.events import Emit, Event, Level

Stopped = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Migrated:
    """The task that ran, the schema's version after it (empty while only repeatables ran), the files that ran now."""

    task: str
    version: str
    applied: tuple[str, ...]


@dataclass(frozen=True)
class Migrations:
    """Runs the migrations' task. `files` gives an image's SQL files by their path, for what a failure is about."""

    tasks: Tasks
    files: Callable[[str], dict[str, str]]

    def run(self, spec: TaskSpec, *, subject: str, stopped: Stopped, emit: Emit) -> Migrated:
        """Once, after any that an interrupted release left running.

        Raises MigrationFailed with file, line, SQL state and statement; Interrupted; CloudFailed.
        """

        def tell(text: str, level: Level) -> None:
            emit(Event("migration", subject, text, level))

        for task in self.tasks.leftover(spec):
            tell("waits for the migration of an interrupted release, which still runs", "warning")
            self.tasks.wait(spec, task, stopped)
        tell("Flyway runs as a task; AWS takes up to a minute to start one", "start")
        ended = self.tasks.run(spec, stopped=stopped, is_whole=lambda lines: json_in("\n".join(lines)) != "")
        result = result_of(ended)
        if isinstance(result, Failed):
            raise self._explained(result, spec)
        tell(_summary(result), "done")
        return Migrated(ended.task, result.version, result.applied)

    def _explained(self, failed: Failed, spec: TaskSpec) -> MigrationFailed:
        try:
            files = self.files(self.tasks.image(spec))
        except HomeportError:  # the failure itself matters more than the statement beside it
            files = {}
        return explain(failed, files, is_half_done=False, left="")


def result_of(ended: Ended) -> Succeeded | Failed:
    """What a task of Flyway's came to. Raises MigrationFailed for one that never ran."""
    if ended.exit_code is None:
        raise MigrationFailed("The task of the migrations did not start.", detail=ended.reason)
    return flyway.outcome(ended.exit_code, json_in(ended.output) or ended.output or ended.reason)


def json_in(output: str) -> str:
    """Flyway's JSON among what else was written, such as warnings of Java's; empty while it is not whole."""
    begin, end = output.find("{"), output.rfind("}")
    while 0 <= begin < end:
        try:
            json.loads(output[begin : end + 1])
        except ValueError:
            begin = output.find("{", begin + 1)
        else:
            return output[begin : end + 1]
    return ""


def _summary(result: Succeeded) -> str:
    at = f"schema at version {result.version}" if result.version else "schema without a version"
    return f"applied {', '.join(result.applied)}; {at}" if result.applied else f"nothing to do; {at}"
