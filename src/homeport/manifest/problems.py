"""What can be wrong with a file, in words: `homeport.yaml:14: services.api.port: should be …`."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

KeyPath = tuple[str | int, ...]
RULES: dict[str, "Rule"] = {}
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `path` is what it is about; `place` is the key that the message names, if another.

    `because` are other places that the rule looked at: where one of them has a problem of its own, this one
    is only its echo. `line` is known where the reader of the file made the problem itself.
    """

    rule: str
    path: KeyPath
    text: str
    place: KeyPath | None = None
    because: tuple[KeyPath, ...] = ()
    line: int = 0

    def echoes(self, broken: set[KeyPath]) -> bool:
        """Whether this only follows from a problem that is told already, at one of the `broken` places."""
        inside = any(self.path[:depth] in broken for depth in range(len(self.path) + 1))
        return inside or any(_overlap(path, reason) for reason in self.because for path in broken)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by name. `says` is its sentence in the reference; every rule has a case among the tests."""

    name: str
    says: str

    def broken(self, text: str) -> PydanticCustomError:
        """What a validator of a model raises."""
        return PydanticCustomError(self.name, "{text}", {"text": text})

    def at(self, path: KeyPath, text: str, *, because: Iterable[KeyPath] = ()) -> Problem:
        """What a rule over several keys yields."""
        return Problem(self.name, path, text, because=tuple(because))


def rule(name: str, says: str) -> Rule:
    """Register a rule. Its name is unique, so that a test can ask for a case of each."""
    if name in RULES:
        raise ValueError(f"two rules are named {name!r}")
    RULES[name] = Rule(name, says)
    return RULES[name]


def shown(value: object) -> str:
    """A value of the file as a message shows it: short, on one line, and harmless to a terminal."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a map"
        case list() | tuple():
            return "a list"
        case str():
            return f'"{printable(value)}"'
        case _:
            return printable(str(getattr(value, "written", value)))


def printable(text: str) -> str:
    """Text without line breaks, control characters or tricks of writing direction, cut at 60 characters."""
    cut = text if len(text) <= 60 else text[:57] + "..."
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in cut)


def dotted(path: KeyPath) -> str:
    """`services.api.port`, `targets.production.hosts[0]`; a key that is no plain word is quoted."""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            words += ("." if words else "") + (part if _PLAIN_KEY.fullmatch(part) else shown(part))
    return words


def meant(word: object, known: Iterable[str]) -> str:
    """` (did you mean "image"?)`, or nothing."""
    close = difflib.get_close_matches(str(word)[:100], [name for name in known if name != word], n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _overlap(one: KeyPath, other: KeyPath) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
