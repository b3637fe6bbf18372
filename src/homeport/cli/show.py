"""How things look. Results go to standard output, progress and questions to standard error."""

import json
import os
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import typer

from homeport.errors import HomeportError, ManifestInvalid, Refused
from homeport.events import Event

MARKS = {"start": "·", "progress": " ", "done": "✓", "warning": "!"}
COLOURS = {"start": None, "progress": None, "done": "green", "warning": "yellow"}
NARROWEST = 40  # columns of a text that is folded
PLAN_COLOURS = {"+": "green", "~": "yellow", "-": "red"}


def tell(text: str) -> None:
    """A line on standard error. Its reader may have gone (`2>&1 | head`): the work goes on without it."""
    try:
        typer.echo(text, err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


class Progress:
    """Shows events, a line each: `✓ container  api        healthy after 0.4 s`.

    In a log, each line begins with the seconds since the start, so that waits can be read from it.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._last = ""

    def __call__(self, event: Event) -> None:
        mark = typer.style(MARKS[event.level], fg=COLOURS[event.level]) if self._terminal else MARKS[event.level]
        line = f"{mark} {event.step:<9} {event.subject:<10} {event.text}".rstrip()
        if line == self._last:
            return
        self._last = line
        when = "" if self._terminal else f"{time.monotonic() - self._started:6.1f}s "
        tell(f"{when}{line}")


def show_error(error: HomeportError) -> None:
    """The message, the detail, the next step; with HOMEPORT_TRACEBACK=1 where it comes from, too."""
    if os.environ.get("HOMEPORT_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    first, *rest = str(error).splitlines() or ["failed"]
    # A problem of a file begins with its place, as editors and terminals know it.
    lead = "" if isinstance(error, ManifestInvalid) else "error: "
    tell(f"{_red(lead)}{first}")
    for line in rest:
        tell(line)


def _red(text: str) -> str:
    return typer.style(text, fg="red", bold=True) if text and sys.stderr.isatty() else text


def show_json(value: Any) -> None:
    """One JSON document on standard output; records become objects."""
    typer.echo(json.dumps(plain(value), indent=2, sort_keys=True))


def plain(value: Any) -> Any:
    """Records and tuples as JSON's own kinds."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def confirmation(yes: bool, ask: str) -> Callable[[], bool]:
    """Asks once. Without a terminal and without --yes it refuses: nobody could answer."""

    def confirm() -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            raise Refused("Nobody is here to say yes: standard input is not a terminal.", next_step="Add --yes.")
        return typer.confirm(ask, default=False, err=True)

    return confirm


def show_plan(lines: Sequence[Any], heading: str) -> None:
    """The summary of a plan, on standard error: what a person reads before they say yes."""
    tell(heading)
    nouns, subjects = _width(line.noun for line in lines), _width(line.subject for line in lines)
    for line in lines:
        said = folded(f"  {line.mark} {line.noun:<{nouns}} {line.subject:<{subjects}} ", line.text, _columns())
        mark = typer.style(line.mark, fg=PLAN_COLOURS[line.mark]) if sys.stderr.isatty() else line.mark
        tell(said.replace(line.mark, mark, 1))


def tell_folded(line: str) -> None:
    """A line that may be long, gone on with as far in as it begins."""
    text = line.lstrip()
    tell(folded(" " * (len(line) - len(text)), text, _columns()))


def folded(lead: str, text: str, columns: int | None) -> str:
    """`text` after `lead`, gone on with below itself where a line of `columns` ends; None folds nothing."""
    if columns is None:
        return f"{lead}{text}"
    width = max(columns, len(lead) + NARROWEST)
    below = " " * len(lead)
    return textwrap.fill(
        text, width, initial_indent=lead, subsequent_indent=below, break_on_hyphens=False, break_long_words=False
    )


def _columns() -> int | None:
    """Of the terminal on standard error; None for a log, which has none."""
    return os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else None


def _width(texts: Iterable[str]) -> int:
    return max(map(len, texts), default=0)


def table(rows: Sequence[tuple[str, ...]], headings: tuple[str, ...]) -> None:
    """Columns on standard output, as wide as they need to be."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    for row in [headings, *rows]:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
