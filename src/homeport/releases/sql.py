"""SQL as far as the rules for migrations read it: placeholders, statements, and the objects these are about. Pure.

Not a parser: squawk has one. What is not recognised here counts as an object that is in use.
Source: PostgreSQL, "SQL Syntax: Lexical Structure"; Flyway, "Migration placeholders".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"\$\{([^}\n]+)\}")
STAND_IN = "placeholder"  # for Flyway's own and homeport's: a plain word is good as text and as a name
OPAQUE = re.compile(
    r"--[^\n]*|/\*.*?\*/|[eE]'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*'|\"(?:\"\"|[^\"])*\"|(\$(?:[A-Za-z_]\w*)?\$).*?\1|;",
    re.DOTALL,
)
_PART = r'(?:"(?:""|[^"])+"|[\w$]+)'
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_KIND = r"(?:FOREIGN\s+)?TABLE|(?:MATERIALIZED\s+)?VIEW|SEQUENCE|TYPE|DOMAIN|FUNCTION|PROCEDURE|SCHEMA"
MADE = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|RECURSIVE)\s+)*"
    rf"(?:{_KIND})\s+(?:IF\s+NOT\s+EXISTS\s+)?({_NAME})",
    re.IGNORECASE,
)
ALTERED = re.compile(
    rf"\s*(?:ALTER\s+(?:{_KIND})|REINDEX\s+TABLE)\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?({_NAME})", re.IGNORECASE
)
INDEXED = re.compile(
    rf"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:(?!ON\b){_NAME}\s+)?"
    rf"ON\s+(?:ONLY\s+)?({_NAME})",
    re.IGNORECASE,
)
DROPPED = re.compile(rf"\s*DROP\s+(?:{_KIND})\s+(?:IF\s+EXISTS\s+)?(.*)", re.IGNORECASE | re.DOTALL)
_ARGUMENTS = re.compile(r"\([^)]*\)|\b(?:CASCADE|RESTRICT)\s*$", re.IGNORECASE)
# What Flyway runs outside a transaction by itself; with anything else in the file it refuses the file.
NEVER_IN_A_TRANSACTION = re.compile(r"\s*(?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+)INDEX\s+CONCURRENTLY\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its placeholders' values, and for each of its lines (from 0) the line (from 1) that it was."""

    text: str
    lines: tuple[int, ...]


def fill(text: str, placeholders: Mapping[str, str]) -> Filled:
    """Put the values in; a value of several lines makes several lines of one."""
    filled: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        filled.append(PLACEHOLDER.sub(lambda found: placeholders.get(found[1], STAND_IN), line))
        numbers += [number] * (filled[-1].count("\n") + 1)
    return Filled("\n".join(filled), tuple(numbers))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: where its text ends, and its code, without comments and with nothing in its strings."""

    end: int
    code: str

    @property
    def shown(self) -> str:
        """On one line, and short."""
        words = " ".join(self.code.split())
        return words if len(words) <= 100 else f"{words[:99]}…"

    def about(self) -> frozenset[str]:
        """The objects that it changes or drops; empty where that is not plain to see."""
        for pattern in (ALTERED, INDEXED):
            if found := pattern.match(self.code):
                return frozenset({_plain(found[1])})
        dropped = DROPPED.match(self.code)
        names = _ARGUMENTS.sub("", dropped[1]).split(",") if dropped else []
        return frozenset(_plain(name) for name in names)


def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a text, in their order."""
    found: list[Statement] = []
    code, place = "", 0
    for part in OPAQUE.finditer(text):
        code += text[place : part.start()] + _code(part[0])
        place = part.end()
        if part[0] == ";":
            found.append(Statement(place, code))
            code = ""
    found.append(Statement(len(text), code + text[place:]))
    return tuple(statement for statement in found if statement.code.strip())


def _code(part: str) -> str:
    if part == ";" or part.startswith(("--", "/*")):
        return " "
    return part if part.startswith('"') else "''"


def at(found: tuple[Statement, ...], text: str, line: int, column: int) -> Statement:
    """The statement at a place as squawk counts: both from 0, columns in bytes."""
    lines = text.split("\n")
    before = sum(len(one) + 1 for one in lines[:line])
    place = before + len("".join(lines[line : line + 1]).encode()[:column].decode(errors="ignore"))
    return next((statement for statement in found if place < statement.end), Statement(place, ""))


def made(found: Iterable[Statement]) -> Iterator[str]:
    """The names of the tables, views, types and functions that statements create."""
    for statement in found:
        if created := MADE.match(statement.code):
            yield _plain(created[1])


def is_never_in_a_transaction(found: tuple[Statement, ...]) -> bool:
    """Whether Flyway, left to itself, runs a file of these statements outside a transaction."""
    return bool(found) and all(NEVER_IN_A_TRANSACTION.match(statement.code) for statement in found)


def _plain(name: str) -> str:
    """A name as Postgres keeps it, without the schema that is everyone's."""
    parts = [part.strip() for part in re.findall(_PART, name)]
    kept = [part[1:-1].replace('""', '"') if part.startswith('"') else part.lower() for part in parts]
    return ".".join(kept[1:] if len(kept) > 1 and kept[0] == "public" else kept)
