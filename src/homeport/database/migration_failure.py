"""From Flyway's failure to what a person needs: file, line, SQL state, statement, Postgres's words, and
what to do."""

import re
from collections.abc import Iterator, Mapping

from homeport.database.flyway import Failed, by_version, locate, statement
from homeport.errors import HistoryDiffers, MigrationFailed

AGAIN = "and run the same command again"
CHECKSUM = re.compile(r"Migration checksum mismatch for migration (?:version )?(\S+)")
NAME_OR_TYPE = re.compile(r"Migration (?:description|type) mismatch for migration (?:version )?(\S+)")
GONE = re.compile(r"Detected applied migration not resolved locally: (.+?)\.$", re.MULTILINE)
LATE = re.compile(r"Detected resolved migration not applied to database: (\S+?)\.$", re.MULTILINE)


def explain(failed: Failed, files: Mapping[str, str], *, is_half_done: bool, left: str) -> MigrationFailed:
    """The error to raise. `left` names the invalid indexes that the run left behind."""
    if failed.code == "VALIDATE_ERROR":
        return _refused(failed, files)
    file, line = locate(failed, files)
    if not file:
        return MigrationFailed("Flyway could not migrate.", detail=failed.words, next_step=_next_step(failed))
    sql = statement(files.get(file, ""), line)
    first, _, others = failed.words.partition("\n")
    state = f" (SQL state {failed.state})" if failed.state else ""
    return MigrationFailed(
        f"{file}, line {line}: {first}{state}",
        detail="\n".join(part for part in (others.strip("\n"), sql) if part),
        next_step=_correct(file, is_half_done, left),
    )


def _correct(file: str, is_half_done: bool, left: str) -> str:
    if not is_half_done:
        return f"Nothing of it was kept. Correct {file} {AGAIN}."
    index = f" The invalid index {left} that it left is dropped then, and" if left else ""
    return (
        f"It ran outside a transaction, so nothing was rolled back. Correct {file} or the data, {AGAIN}."
        + (index or " Then")
        + " its failed row in Flyway's history is removed and it starts from its first line."
    )


def _next_step(failed: Failed) -> str:
    if failed.code == "DB_CONNECTION":
        return "See that the database is up: homeport status"
    return f"Correct it {AGAIN}."


def _refused(failed: Failed, files: Mapping[str, str]) -> HistoryDiffers:
    reasons = list(_reasons(failed.words, files))
    # Flyway's own words end with the advice to run repair, which would take over an edited file as it is.
    return HistoryDiffers(
        "; ".join(reasons) or "Flyway refuses these migrations.",
        detail="" if reasons else failed.words,
        next_step="Put what was released back as it was, and write what should change as a new migration.",
    )


def _reasons(words: str, files: Mapping[str, str]) -> Iterator[str]:
    scripts = tuple(files)
    for version in CHECKSUM.findall(words):
        yield f"{_named(scripts, version)} was edited after it had run"
    for version in NAME_OR_TYPE.findall(words):
        yield f"{_named(scripts, version)} was renamed after it had run"
    for version in GONE.findall(words):
        yield f"version {version} ran in this database, but there is no file of it any more"
    for version in LATE.findall(words):
        yield f"{_named(scripts, version)} comes before what ran already; give it a higher version"


def _named(scripts: tuple[str, ...], version: str) -> str:
    return by_version(scripts, version) if re.fullmatch(r"[0-9._]+", version) else version
