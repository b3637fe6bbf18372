"""An application's migrations before they are released: read, compared with the last release, linted, judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from homeport.deploy.squawk import CannotAskError, ask
from homeport.errors import ManifestInvalid, Refused
from homeport.events import Emit, Event
from homeport.manifest import Database
from homeport.releases.breaking import mark_problems, with_verdicts
from homeport.releases.judgement import Batch, Judged, judge, unjudged
from homeport.releases.lint import File, questions
from homeport.releases.migrations import Migration, compare, read_folder

OVERRIDE = "Where it is meant, say why in the line before it: -- squawk-ignore {rules} -- <why>"


@dataclass(frozen=True, slots=True)
class Examined:
    """The migrations of the folder that is `named` so, each with why it is breaking, and what was found in new ones."""

    named: str = ""
    migrations: tuple[Migration, ...] = ()
    judged: Judged = field(default_factory=Judged)

    def refuse(self) -> None:
        """Raises Refused for what would keep others from a table for long."""
        locks = [finding for finding in self.judged.findings if finding.locks]
        if locks:
            rules = ", ".join(sorted({finding.rule for finding in locks}))
            lines = [f"{self._place(finding.script)}:{finding.line}: {finding.words}" for finding in locks]
            raise Refused("\n".join(lines), next_step=OVERRIDE.format(rules=rules))

    def warnings(self, *, with_locks: bool) -> list[tuple[str, str]]:
        """What is told and stops nothing, each as place and words."""
        judged = self.judged
        if judged.unjudged:
            return [
                ("", f"not judged: {judged.unjudged}; no rollback will cross what is new, unless it says compatible")
            ]
        told = [finding for finding in judged.findings if with_locks or not finding.locks]
        said = [(f"{self._place(finding.script)}:{finding.line}", finding.words) for finding in told]
        broken = [(self._place(script), f"counts as breaking: {why}") for script, why in judged.breaking.items() if why]
        return said + broken

    def tell(self, emit: Emit) -> None:
        """The warnings, as events."""
        for place, words in self.warnings(with_locks=False):
            emit(Event("migration", place, words, "warning"))

    def _place(self, script: str) -> str:
        return f"{self.named}/{script}"


def examine(folder: Path, database: Database | None, earlier: tuple[Migration, ...] | None) -> Examined:
    """The migrations of the application in `folder` against those of its last release, `earlier`.

    Only those that are new since are judged, together: nothing can be done about the others. Where no release is
    known (None), each is judged as if it came alone, and after all others.
    Raises ManifestInvalid for a file that breaks a rule, Refused for one that was edited after it was released.
    """
    if database is None or database.migrations is None:
        return Examined()
    named = database.migrations
    found = read_folder(folder / named, named=named)
    judged = _judged(folder / named, database, found, _batches(named, found, earlier))
    return Examined(named, with_verdicts(earlier or (), found, judged.breaking), judged)


def _batches(named: str, found: tuple[Migration, ...], earlier: tuple[Migration, ...] | None) -> tuple[Batch, ...]:
    if earlier is None:
        return tuple(Batch(frozenset({migration.script})) for migration in found)
    comparison = compare(earlier, found)
    if comparison.problems:
        raise Refused("\n".join(f"{named}/{problem}" for problem in comparison.problems))
    again = frozenset(migration.script for migration in comparison.changed_repeatables)
    return (Batch(again | {migration.script for migration in comparison.new}, again),)


def _file(folder: Path, migration: Migration, database: Database) -> File:
    path = folder / migration.script
    beside = path.with_name(f"{path.name}.conf")
    configuration = beside.read_text(encoding="utf-8", errors="replace") if beside.is_file() else ""
    text = path.read_text(encoding="utf-8-sig")
    return File.of(migration.script, text, database.placeholders, configuration)


def _judged(folder: Path, database: Database, found: Iterable[Migration], batches: tuple[Batch, ...]) -> Judged:
    if not any(batch.scripts for batch in batches):
        return Judged()
    files = [_file(folder, migration, database) for migration in found if migration.kind != "baseline"]
    wanted = _wanted(files, batches)
    _check_marks(str(database.migrations), wanted)
    try:
        return judge(files, ask(questions(files, wanted), database.postgres), batches)
    except CannotAskError as error:
        return unjudged(wanted, str(error))


def _check_marks(named: str, files: Iterable[File]) -> None:
    problems = [
        f"{named}/{file.script}:{line}: {problem}" for file in files for line, problem in mark_problems(file.text)
    ]
    if problems:
        raise ManifestInvalid(problems)


def _wanted(files: Iterable[File], batches: tuple[Batch, ...]) -> list[File]:
    scripts = frozenset().union(*(batch.scripts for batch in batches))
    return [file for file in files if file.script in scripts]
