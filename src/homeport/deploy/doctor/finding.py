"""What a check found."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: which check, how bad, what in words, and the command that mends it (empty where nothing is to mend)."""

    check: str
    level: Level
    text: str
    mend: str = ""


def ok(check: str, text: str) -> Finding:
    return Finding(check, "ok", text)


def warning(check: str, text: str, mend: str) -> Finding:
    return Finding(check, "warning", text, mend)


def wrong(check: str, text: str, mend: str) -> Finding:
    return Finding(check, "wrong", text, mend)
