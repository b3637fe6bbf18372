"""A folder of Flyway migrations: its files as records, the rules for their names, and what may not change any
more.

Flyway skips a file whose name it does not understand, without a word. Here that is a problem, as is
everything else that would otherwise show in the middle of a release.
Sources: Flyway, "Migrations" (naming), "Callback Events"; the checksum as in Flyway's own ChecksumCalculator.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from homeport.errors import ManifestInvalid

Kind = Literal["versioned", "repeatable", "baseline"]
KINDS: Mapping[str, Kind] = {"V": "versioned", "R": "repeatable", "B": "baseline"}
SEPARATOR = "__"
SUFFIX = ".sql"
VERSION = re.compile(r"[0-9]+([._][0-9]+)*")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CALLBACK = re.compile(
    r"(before|after)(Clean|Migrate|EachMigrate|EachMigrateStatement|Undo|EachUndo|EachUndoStatement|Validate|Baseline"
    r"|Repair|Info|Connect|CreateSchema)(Error|Applied|OperationFinish)?|beforeRepeatables|afterVersioned|createSchema"
)

GRANTS_CALLBACK = "afterMigrate__homeport_grants.sql"
GRANTS = """\
-- What the services' role may do with what the migrations made. It owns nothing and creates nothing.
GRANT USAGE ON SCHEMA public TO "${homeport_app}";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "${homeport_app}";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "${homeport_app}";
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO "${homeport_app}";
-- A release is served while the next one migrates: what that makes is usable from its commit on.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "${homeport_app}";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "${homeport_app}";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON ROUTINES TO "${homeport_app}";
-- Which migrations ran is for Flyway to say.
REVOKE INSERT, UPDATE, DELETE ON "${flyway:defaultSchema}"."${flyway:table}" FROM "${homeport_app}";
"""


def migrations_dockerfile(flyway_image: str) -> str:
    """The Dockerfile of a release's migrations; its context holds the folders `sql` and `callbacks`."""
    return f"FROM {flyway_image}\nCOPY sql /flyway/sql\nCOPY callbacks /flyway/callbacks\n"


def callbacks() -> dict[str, str]:
    """The files of the folder `callbacks`, by name."""
    return {GRANTS_CALLBACK: GRANTS}


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `script` is its path in the folder; `version` is written as Flyway shows it (`1.1` for
    `V1_1__`).

    `checksum` is Flyway's for the file as it stands. For a repeatable with placeholders Flyway keeps the one
    of the text with their values, so only versioned checksums can be compared with a database's history.
    `breaking` says why code of an earlier release cannot run on what it makes; empty when it can.
    """

    script: str
    kind: Kind
    version: str | None
    description: str
    checksum: int
    breaking: str = ""

    def order(self) -> tuple[int, ...]:
        """The version as Flyway compares it: 1.0 is 1, and 1.10 comes after 1.9."""
        return version_order(self.version or "0")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A folder against an earlier release: what Flyway would refuse, in words, and what is new or to be
    run again."""

    problems: tuple[str, ...]
    new: tuple[Migration, ...]
    changed_repeatables: tuple[Migration, ...]


def read_folder(folder: Path, *, named: str | None = None) -> tuple[Migration, ...]:
    """The migrations of a folder, in the order in which Flyway runs them; `named` is how a person calls the
    folder.

    Raises ManifestInvalid with every problem of every file.
    """
    named = named or str(folder)
    if not folder.is_dir():
        raise ManifestInvalid([f"{named}: there is no such folder; migrations are files like V1__first.sql in it"])
    return records({_script(path, folder): path.read_bytes() for path in _sql_files(folder)}, named=named)


def records(files: Mapping[str, bytes], *, named: str = "migrations") -> tuple[Migration, ...]:
    """The same for files that are given as their paths in the folder and their content."""
    found: list[Migration] = []
    problems: list[str] = []
    for script, content in sorted(files.items()):
        read = _record(script, content)
        if isinstance(read, str):
            problems.append(f"{named}/{script}: {read}")
        elif read is not None:
            found.append(read)
    problems += [f"{named}/{problem}" for problem in _duplicates(found)]
    if not found and not problems:
        problems.append(f"{named}: there is no migration in it; the first is called V1__first.sql, for example")
    if problems:
        raise ManifestInvalid(problems)
    return tuple(sorted(found, key=_running_order))


def checksum(content: bytes) -> int:
    """Flyway's checksum of a file: CRC32 of its lines without their ends and without a byte order mark,
    signed."""
    unsigned = zlib.crc32(content.removeprefix(BYTE_ORDER_MARK).translate(None, b"\r\n"))
    return unsigned - (1 << 32) if unsigned >= 1 << 31 else unsigned


def version_order(version: str) -> tuple[int, ...]:
    """A version as Flyway compares it."""
    parts = [int(part) for part in re.split(r"[._]", version)]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def compare(earlier: Sequence[Migration], now: Sequence[Migration]) -> Comparison:
    """What became of an earlier release's migrations. An applied one is never edited, renamed or removed."""
    before = {migration.order(): migration for migration in earlier if migration.kind == "versioned"}
    versioned = {migration.order(): migration for migration in now if migration.kind == "versioned"}
    problems = [problem for order, old in before.items() if (problem := _change(old, versioned.get(order)))]
    latest = max(before, default=())
    new = [migration for order, migration in versioned.items() if order not in before]
    problems += [_out_of_order(late, before[latest]) for late in new if late.order() < latest]
    known = {old.description: old.checksum for old in earlier if old.kind == "repeatable"}
    repeatables = [migration for migration in now if migration.kind == "repeatable"]
    return Comparison(
        problems=tuple(problems),
        new=(*new, *(repeatable for repeatable in repeatables if repeatable.description not in known)),
        changed_repeatables=tuple(
            repeatable
            for repeatable in repeatables
            if known.get(repeatable.description, repeatable.checksum) != repeatable.checksum
        ),
    )


def _change(old: Migration, now: Migration | None) -> str | None:
    remedy = "put it back as it was, and write the change as a new migration"
    if now is None:
        return f"{old.script} was released and is no longer there; {remedy}"
    if now.checksum != old.checksum:
        return f"{now.script} was edited after it was released; {remedy}"
    if now.description != old.description:
        return f"{old.script} was renamed to {now.script} after it was released; give it back its name"
    return None


def _out_of_order(late: Migration, latest: Migration) -> str:
    return f"{late.script} is new but comes before {latest.script}, which was released; give it a higher version"


def _sql_files(folder: Path) -> Iterator[Path]:
    """As Flyway finds them: in subfolders too, but for hidden ones."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            yield from _sql_files(path)
        elif path.is_file() and path.name.lower().endswith(SUFFIX):
            yield path


def _script(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _record(script: str, content: bytes) -> Migration | str | None:
    """The record, or what is wrong with the file, or None for a callback."""
    name = script.rpartition("/")[2][: -len(SUFFIX)]
    front, separator, raw_description = name.partition(SEPARATOR)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"should be UTF-8 text, but its byte {error.start + 1} is not"
    if CALLBACK.fullmatch(front):
        return None
    kind = KINDS.get(front[:1])
    if kind is None:
        return _unknown_name(front, name)
    version = front[1:]
    problem = _repeatable_problem(front, name) if kind == "repeatable" else _version_problem(front, name)
    if problem or not separator or not raw_description:
        return problem or f"should have a description after two underscores: {front}{SEPARATOR}description{SUFFIX}"
    shown = version.replace("_", ".") or None
    return Migration(script, kind, shown, raw_description.replace("_", " "), checksum(content))


def _unknown_name(front: str, name: str) -> str:
    if front[:1] == "U" and VERSION.fullmatch(front[1:]):
        return "is an undo migration, which free Flyway does not run; write a new V migration that goes forward"
    rule = "should be called V<version>__<description>.sql, R__<description>.sql, or by a callback's name"
    meant = name[:1].upper() + name[1:]
    meant = meant if SEPARATOR in meant else meant.replace("_", SEPARATOR, 1)
    return f"{rule} (did you mean {meant}{SUFFIX}?)" if meant[:1] in KINDS else f"{rule}; Flyway would skip it silently"


def _repeatable_problem(front: str, name: str) -> str | None:
    if front == "R":
        return None
    description = name[1:].lstrip("_0123456789.") or "description"
    return f"is repeatable and should have no version: R{SEPARATOR}{description}{SUFFIX}"


def _version_problem(front: str, name: str) -> str | None:
    if VERSION.fullmatch(front[1:]):
        return None
    loose = re.fullmatch(r"([VB][0-9]+(?:[._][0-9]+)*)[_\s-]+(\D.*)", name)
    if loose:
        example = f"{loose[1]}{SEPARATOR}{loose[2].lstrip('_')}{SUFFIX}"
        return f"should have two underscores after its version: {example}"
    return f'should have a version of digits and dots after {front[:1]}, not "{front[1:]}"'


def _duplicates(found: Iterable[Migration]) -> Iterator[str]:
    first: dict[tuple[str, object], str] = {}
    for migration in found:
        same: object = migration.description if migration.kind == "repeatable" else migration.order()
        other = first.setdefault((migration.kind, same), migration.script)
        if other != migration.script:
            what = "description" if migration.kind == "repeatable" else "version"
            yield f"{migration.script}: has the same {what} as {other}; Flyway takes one of each"


def _running_order(migration: Migration) -> tuple[bool, tuple[int, ...], str]:
    return (migration.kind == "repeatable", migration.order(), migration.description)
