"""How long something takes: repeated, and told as a spread, because one time is an anecdote."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.report import Cell

HEADINGS = ("", "n", "median s", "least s", "most s")


def timed(do: Callable[[], object]) -> float:
    """The seconds that it takes."""
    started = time.monotonic()
    do()
    return time.monotonic() - started


def seconds_of(
    command: Sequence[str | Path], times: int, *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> list[float]:
    """The seconds of each run of a command, after one that is not counted. Raises when a run fails."""

    def once() -> None:
        subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)

    once()
    return [timed(once) for _ in range(times)]


def row(name: str, seconds: Sequence[float]) -> tuple[Cell, ...]:
    """A row of a table with `HEADINGS`."""
    return name, len(seconds), statistics.median(seconds), min(seconds), max(seconds)
