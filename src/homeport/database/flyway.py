"""What Flyway is asked, and what its answers mean. Pure.

Source: Flyway 12, "Command-line", "Migrate"; the two shapes of its JSON are an operation's result and
`{error}` alone.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SQL_FOLDER = "/flyway/sql"
APPLICATION_NAME = "homeport-migration"  # by which the sessions of a run are found in pg_stat_activity
# Postgres would finish a long statement for a Flyway that is gone: an index nobody knows of, a lock nobody wants.
NOTICE_A_LOST_FLYWAY = "options=-c%20client_connection_check_interval%3D1s"
LONGEST_STATEMENT = 15  # lines
HELP = re.compile(r"^Need more flexibility.*$|See https?://\S+ for more information\. ", re.MULTILINE)
PLACEHOLDER = re.compile(r"No value provided for placeholder: (\$\{[^}]+\})")
OFFENDING = re.compile(
    r"Offending statement found at line (?P<line>\d+): (?P<text>.*?)(?: \[[a-z-]+\])?$", re.MULTILINE
)
VERSIONED = re.compile(r"V(?P<version>[0-9._]+?)(__.*)?\.sql", re.IGNORECASE)
CONCURRENT_INDEX = re.compile(
    r'\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?(?!ON\b)("(?:[^"]|"")+"|[\w$]+)\s+ON\b',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The files that ran, in their order, and the schema's version after them (empty without one)."""

    applied: tuple[str, ...]
    version: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a run failed. `path` and `line` are empty and 0 where Flyway names none; `line` is the
    statement's first."""

    code: str
    words: str
    path: str = ""
    line: int = 0
    state: str = ""

    @property
    def file(self) -> str:
        return self.path.removeprefix(f"{SQL_FOLDER}/")


def migrate_arguments(database: str, owner: str, placeholders: Mapping[str, str]) -> list[str]:
    """The arguments of one run; the password is FLYWAY_PASSWORD."""
    return [
        f"-url=jdbc:postgresql://postgres:5432/{database}?ApplicationName={APPLICATION_NAME}&{NOTICE_A_LOST_FLYWAY}",
        f"-user={owner}",
        "-outputType=json",
        f"-locations=filesystem:{SQL_FOLDER},filesystem:/flyway/callbacks",
        # Without these two, a missing folder or a name that Flyway does not know is "nothing to do".
        "-failOnMissingLocations=true",
        "-validateMigrationNaming=true",
        # An older release meets a newer history when it is put back, new repeatables included.
        "-ignoreMigrationPatterns=*:future,repeatable:missing",
        # With a transaction as its lock, Flyway would wait for itself at CREATE INDEX CONCURRENTLY.
        "-postgresql.transactional.lock=false",
        *(f"-placeholders.{name}={value}" for name, value in sorted(placeholders.items())),
        "migrate",
    ]


def outcome(exit_code: int, output: str) -> Succeeded | Failed:
    """What the run came to. Success is said twice, by the exit code and in the JSON: either alone has been
    wrong."""
    try:
        found = json.loads(output)
    except ValueError:
        return Failed("NO_RESULT", output.strip() or f"Flyway ended with {exit_code} and said nothing.")
    if error := found.get("error"):
        return _failed(error)
    if exit_code != 0 or found.get("success") is not True:
        said = f"success: {json.dumps(found.get('success'))}"
        return Failed("NO_SUCCESS", f"Flyway ended with exit code {exit_code} and {said}, without a reason.")
    version = found.get("targetSchemaVersion") or found.get("initialSchemaVersion") or ""
    return Succeeded(tuple(_file(migration["filepath"]) for migration in found["migrations"]), version)


def _failed(error: Mapping[str, Any]) -> Failed:
    message = HELP.sub("", error["message"]).strip()
    at = re.search(r"in (?P<path>/flyway/\S+) at line (?P<line>\d+)", message)
    offending = OFFENDING.search(message)
    return Failed(
        code=error["errorCode"],
        words=_field(message, "Message") or message,
        path=error.get("path") or _field(message, "Location").partition(" (")[0] or (at["path"] if at else ""),
        line=_first_number(
            error.get("lineNumber"), _field(message, "Line"), at and at["line"], offending and offending["line"]
        ),
        state=error.get("sqlState") or _field(message, "SQL State"),
    )


def _field(message: str, name: str) -> str:
    """A field of the block that Flyway makes of an SQL error; its values may go on over lines."""
    found = re.search(rf"^{name} *: (.*?)(?=\n[A-Z][A-Za-z ]{{9}} ?: |\Z)", message, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def _first_number(*candidates: object) -> int:
    numbers = (int(str(candidate)) for candidate in candidates if candidate)
    return next((number for number in numbers if number > 0), 0)


def _file(path: str) -> str:
    return path.removeprefix(f"{SQL_FOLDER}/")


def locate(failed: Failed, files: Mapping[str, str]) -> tuple[str, int]:
    """The file and the line that a failure is about, also where Flyway leaves one of them to be found."""
    if unknown := PLACEHOLDER.search(failed.words):
        # Flyway parses a whole file before it runs: the line it gives is the file's first.
        return failed.file, _line_with(unknown[1], files.get(failed.file, "")) or failed.line
    if failed.path or not (text := OFFENDING.search(failed.words)):
        return failed.file, failed.line
    begins = text["text"].rstrip(";").strip()
    found = (script for script, content in files.items() if _line(content, failed.line).startswith(begins))
    return next(found, ""), failed.line


def _line(content: str, number: int) -> str:
    return "".join(content.splitlines()[number - 1 : number]).strip()


def _line_with(text: str, content: str) -> int:
    lines = content.splitlines()
    return next((number for number, line in enumerate(lines, 1) if text in line), 0)


def statement(content: str, line: int) -> str:
    """The statement that begins on a line (counted from 1), shortened when it is long."""
    taken: list[str] = []
    for text in content.splitlines()[max(line - 1, 0) :]:
        taken.append(text)
        is_quoted = len(re.findall(r"\$\w*\$", "\n".join(taken))) % 2
        if text.rstrip().endswith(";") and not is_quoted:
            break
    if len(taken) > LONGEST_STATEMENT:
        taken = [*taken[:LONGEST_STATEMENT], "…"]
    return "\n".join(taken).strip()


def version_order(version: str) -> tuple[int, ...]:
    """A version as Flyway compares it: 1.0 is 1, and 1.10 comes after 1.9."""
    parts = [int(part) for part in re.split(r"[._]", version)]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def version_of(script: str) -> tuple[int, ...] | None:
    """The version of a versioned migration's file, None for other files."""
    found = VERSIONED.fullmatch(script.rpartition("/")[2])
    return version_order(found["version"]) if found else None


def is_migration(script: str) -> bool:
    name = script.rpartition("/")[2]
    return version_of(script) is not None or re.fullmatch(r"(R|B[0-9._]+)__.*\.sql", name, re.IGNORECASE) is not None


def concurrent_indexes(sql: str, placeholders: Mapping[str, str]) -> Iterator[str]:
    """The names of the indexes that a file creates concurrently, as Postgres keeps them."""
    for name, value in placeholders.items():
        sql = sql.replace("${" + name + "}", value)
    for found in CONCURRENT_INDEX.finditer(sql):
        name = found[1]
        yield name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def by_version(scripts: Sequence[str], version: str) -> str:
    """The file of a version, or the version itself where there is none."""
    order = version_order(version)
    return next((script for script in scripts if version_of(script) == order), f"version {version}")
