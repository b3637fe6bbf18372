"""The instructions of a Dockerfile, each with its place. Source: Dockerfile reference, "Format"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIRECTIVE = re.compile(r"#\s*(?P<name>\w+)\s*=\s*(?P<value>\S+)\s*")
_HEREDOC = re.compile(r"(?<!\S)\d*<<(?P<tabs>-?)(?P<quote>[\"']?)(?P<name>[A-Za-z_]\w*)(?P=quote)(?=\s|$)")
_TAKES_HEREDOC = {"RUN", "COPY", "ADD"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, its continued lines joined; `offsets` tells where each character stood in the file."""

    line: int
    text: str
    offsets: tuple[int, ...]

    @property
    def keyword(self) -> str:
        """`FROM`, `RUN` …, in capitals."""
        return self.text.split(None, 1)[0].upper()

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of `text` stood in the file."""
        return self.offsets[start], self.offsets[end - 1] + 1


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    start: int
    text: str


def instructions(text: str) -> Iterator[Instruction]:
    """Every instruction, in order: comments and the bodies of here-documents are left out."""
    lines = _lines(text)
    continued = re.compile(rf"(?:^|(?<=[^{re.escape(_escape(text))}])){re.escape(_escape(text))}[ \t]*$")
    for line in lines:
        if _is_nothing(line.text):
            continue
        instruction = _join(line, lines, continued)
        _skip_heredocs(instruction, lines)
        yield instruction


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for number, raw in enumerate(text.split("\n"), 1):
        yield _Line(number, start, raw.rstrip("\r"))
        start += len(raw) + 1


def _join(first: _Line, lines: Iterator[_Line], continued: re.Pattern[str]) -> Instruction:
    characters: list[tuple[int, str]] = []
    line: _Line | None = first
    while line is not None:
        end = continued.search(line.text)
        part = line.text[: end.start()] if end else line.text
        characters += enumerate(part, line.start)
        # A comment or an empty line does not end what is continued.
        line = next((other for other in lines if not _is_nothing(other.text)), None) if end else None
    indent = next(index for index, (_, character) in enumerate(characters) if not _is_blank(character))
    characters = characters[indent:]
    text = "".join(character for _, character in characters)
    return Instruction(first.number, text, tuple(offset for offset, _ in characters))


def _skip_heredocs(instruction: Instruction, lines: Iterator[_Line]) -> None:
    if instruction.keyword not in _TAKES_HEREDOC:
        return
    for found in _HEREDOC.finditer(instruction.text):
        for line in lines:
            if (line.text.lstrip("\t") if found["tabs"] else line.text) == found["name"]:
                break


def _escape(text: str) -> str:
    r"""The character that continues a line: `\`, unless a directive at the top of the file says otherwise."""
    for line in text.lstrip("\ufeff").splitlines():
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive is None:
            break
        if directive["name"].lower() == "escape":
            return directive["value"]
    return "\\"


def _is_blank(character: str) -> bool:
    return character.isspace() or character == "\ufeff"


def _is_nothing(line: str) -> bool:
    stripped = line.lstrip(" \t\ufeff")
    return not stripped.strip() or stripped.startswith("#")
