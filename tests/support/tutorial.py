"""A page whose commands can be run: its ```sh blocks, each with a ```text block of what it says among the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(sh(?: fails)?|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@ line "
ANYTHING = "…"
DID_NOT_FAIL = 99


@dataclass(frozen=True, slots=True)
class Part:
    """Commands that begin at a line of the page; `fails` is said of them by the page, as ```sh fails."""

    line: int
    script: str
    fails: bool
    expected: tuple[str, ...] = ()

    def commands(self) -> str:
        """With its mark before it. The shell goes on only if it did what the page says."""
        body = self.script
        if self.fails:
            body = f"set +e\n(\nset -e\n{self.script})\n[ $? -ne 0 ] || exit {DID_NOT_FAIL}\nset -e\n"
        return f"echo '{MARK}{self.line}'\n{body}"

    def missing(self, said: str) -> str | None:
        """The first expected line that was not said, after those before it."""
        lines = iter(said.splitlines())
        for expected in self.expected:
            pattern = re.compile(".*".join(map(re.escape, expected.split(ANYTHING))))
            if not any(pattern.fullmatch(line) for line in lines):
                return expected
        return None


def parts(page: Path) -> tuple[Part, ...]:
    """The parts of a page, in order."""
    text, found = page.read_text(), list[Part]()
    for fence in FENCE.finditer(text):
        kind, body = fence.groups()
        if kind == "text":
            last = found.pop()
            found.append(Part(last.line, last.script, last.fails, tuple(body.splitlines())))
        else:
            found.append(Part(text.count("\n", 0, fence.start()) + 2, body, kind == "sh fails"))
    return tuple(found)


def script(page: Path) -> str:
    """All parts as one script for bash: what one exports or enters, the next one finds."""
    return "set -eu\nexec 2>&1\n" + "".join(part.commands() for part in parts(page))


def said_by_part(output: str) -> Mapping[int, str]:
    """What each part said, by its line."""
    return dict(_split(output))


def _split(output: str) -> Iterator[tuple[int, str]]:
    for piece in output.split(MARK)[1:]:
        line, _, said = piece.partition("\n")
        yield int(line), said
