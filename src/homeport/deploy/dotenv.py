"""Reading an .env file, as Compose reads one, with the place of every mistake. Pure.

A small strict reader of our own, because a wrong secret is found late: python-dotenv skips a line that it does not
understand and decodes other escapes than Compose, and what a value with a `$` means depends on who reads it. Here
whatever could be read in two ways is refused, and no message shows a value.
Source: Compose, "Interpolation", section ".env file syntax".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from homeport.errors import ManifestInvalid
from homeport.secret import Secret

BLANK = re.compile(r"[ \t]*(#.*)?(\n|\Z)")
LINE = re.compile(r"[ \t]*(export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=(?P<space>[ \t]*)")
SINGLE = re.compile(r"'(?P<text>(?:[^'\\]|\\.)*)'", re.DOTALL)
DOUBLE = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"', re.DOTALL)
BARE = re.compile(r"(?P<text>[^\n]*?)(?=[ \t]*(?:[ \t]#[^\n]*)?(?:\n|\Z))")
REST = re.compile(r"[^\n]*(\n|\Z)")
ESCAPES = {**dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)), "\\": "\\", '"': '"', "$": "$"}

NOT_A_LINE = "should be NAME=value, with a name of letters, digits and underscores"
NOT_CLOSED = "begins with a quote that is not closed"
AFTER_QUOTE = "has something behind its closing quote"
EMPTY = "has no value"
VARIABLE = "holds a $, which Compose replaces by a variable; put the value in single quotes"
UNKNOWN = "holds a backslash before a sign that needs none, which some tools drop; put the value in single quotes"
OCTAL = "holds \\0, which begins an octal number; put the value in single quotes"


@dataclass(frozen=True, slots=True)
class Entry:
    """A variable, the line that it begins on (counted from 1), and the rule that its value breaks, if one."""

    name: str
    value: Secret
    line: int
    broken: str = ""


@dataclass(frozen=True, slots=True)
class _Bad:
    line: int
    rule: str


def read(data: bytes, *, named: str) -> tuple[Entry, ...]:
    """The variables in their order. Raises ManifestInvalid with every line that is none, as `<named>:<line>: rule`."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ManifestInvalid([f"{named}:{line}: should be UTF-8 text"]) from error
    found = list(_items(text))
    bad = [f"{named}:{one.line}: {one.rule}" for one in found if isinstance(one, _Bad)]
    if bad:
        raise ManifestInvalid(bad)
    return tuple(one for one in found if isinstance(one, Entry))


def choose(entries: Sequence[Entry], is_wanted: Callable[[str], bool], *, named: str) -> dict[str, Secret]:
    """The values of the wanted variables. Raises ManifestInvalid with all that are broken or given twice."""
    first: dict[str, Entry] = {}
    problems: list[str] = []
    for one in (entry for entry in entries if is_wanted(entry.name)):
        rule = one.broken or (f"is given in line {first[one.name].line}, too" if one.name in first else "")
        problems += [f"{named}:{one.line}: {one.name} {rule}"] if rule else []
        first.setdefault(one.name, one)
    if problems:
        raise ManifestInvalid(problems)
    return {name: one.value for name, one in first.items()}


def _items(text: str) -> Iterator[Entry | _Bad]:
    at = 0
    while at < len(text):
        if blank := BLANK.match(text, at):
            at = blank.end()
            continue
        item, at = _item(text, at)
        yield item


def _item(text: str, at: int) -> tuple[Entry | _Bad, int]:
    """What begins at a place, and where it ends."""
    line = text.count("\n", 0, at) + 1
    front = LINE.match(text, at)
    if front is None:
        return _Bad(line, NOT_A_LINE), _next_line(text, at)
    quote = text[front.end() : front.end() + 1]
    quoted = {"'": SINGLE, '"': DOUBLE}.get(quote)
    # A bare value is looked for from the sign on: the space before a # makes it a comment.
    found = quoted.match(text, front.end()) if quoted else BARE.match(text, front.start("space"))
    if found is None:
        return _Bad(line, f"{front['name']} {NOT_CLOSED}"), len(text)
    behind = BLANK.match(text, found.end())
    if behind is None:
        return _Bad(line, f"{front['name']} {AFTER_QUOTE}"), _next_line(text, found.end())
    value, broken = _value(quote, found["text"])
    return Entry(front["name"], Secret(value), line, broken), behind.end()


def _next_line(text: str, at: int) -> int:
    rest = REST.match(text, at)
    return rest.end() if rest else len(text)


def _value(quote: str, written: str) -> tuple[str, str]:
    """The value, and the rule that it breaks."""
    if quote == "'":
        value, broken = written.replace("\\'", "'"), ""
    elif quote == '"':
        value, broken = _unescaped(written), _ambiguous(written)
    else:
        value, broken = written.strip(" \t"), VARIABLE if "$" in written else ""
    return value, broken or ("" if value else EMPTY)


def _unescaped(written: str) -> str:
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), written, flags=re.DOTALL)


def _ambiguous(written: str) -> str:
    """The rule that a double-quoted value breaks."""
    escaped = set(re.findall(r"\\(.)", written, re.DOTALL))
    if "$" in re.sub(r"\\.", "", written, flags=re.DOTALL):
        return VARIABLE
    return OCTAL if "0" in escaped else UNKNOWN if escaped - ESCAPES.keys() else ""
