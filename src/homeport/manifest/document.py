"""A YAML file as plain values, each with its line, and everything that keeps it from being read."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from homeport.manifest.composer import Composer, Events, UnreadableError
from homeport.manifest.problems import KeyPath, Problem, rule
from homeport.manifest.scalars import UNREAD

MAX_BYTES = 64 * 1024  # a long manifest has 10 KB; reading takes up to a second for each 20 KB of a hostile one

FILE = rule("file", "The file is there, is a file, and can be read.")
FILE_SIZE = rule("file-size", "The file has at most 64 KB.")
FILE_EMPTY = rule("file-empty", "The file holds something.")
FILE_TEXT = rule("file-text", "The file is UTF-8 text without control characters.")

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds. `unread` are the places that are left out of `data`: nothing follows from them."""

    data: object = UNREAD
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unread: tuple[KeyPath, ...] = ()

    def written(self, path: KeyPath) -> KeyPath:
        """The longest part of a path that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return path

    def line(self, path: KeyPath) -> int:
        """The line of a key; of what it stands in, where it is not written."""
        return self.lines.get(self.written(path), 1)


def read(path: Path) -> Document:
    """Read a file. Never raises for what the file is or holds: that is in `problems`."""
    try:
        return parse(_text(path))
    except UnreadableError as error:
        return Document(problems=(error.problem,))


def parse(text: str) -> Document:
    """Read the text of a file. Raises UnreadableError when it is empty."""
    composer = Composer(Events(text))
    problems = []
    try:
        data = composer.document()
    except UnreadableError as error:
        data = UNREAD
        problems.append(error.problem)
    if data is UNREAD and not (composer.problems or problems):
        raise UnreadableError(FILE_EMPTY, 1, "is empty")
    return Document(data, composer.lines, (*composer.problems, *problems), tuple(composer.unread))


def _text(path: Path) -> str:
    content = _content(path)
    if len(content) > MAX_BYTES:
        raise UnreadableError(FILE_SIZE, 1, "has more than 64 KB; see that it is the right file, and shorten it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise UnreadableError(FILE_TEXT, line, f"should be UTF-8 text; the byte 0x{byte:02x} is not") from error
    if found := _NOT_TEXT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise UnreadableError(FILE_TEXT, line, f"should be text; the character U+{ord(found[0]):04X} is not")
    return text


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise UnreadableError(FILE, 1, f"is {'a folder' if path.is_dir() else 'a device'}, not a file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise UnreadableError(FILE, 1, f"is not there (looked in {path.absolute().parent})") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(FILE, 1, f"cannot be read: {reason}") from error
