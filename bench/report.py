"""What a measurement prints: what was measured, on what, and the figures beside their reference."""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bench.machine import Machine

Cell = str | int | float
# Without compiled bytecode a measurement of a start would be one of the compiler.
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Figures:
    """A table: its headings, and rows of as many cells; `notes` say what a reader must know to judge it."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        rows = [dict(zip(self.headings, row, strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows, "notes": list(self.notes)}

    def lines(self) -> list[str]:
        cells = [self.headings, *(tuple(_shown(cell) for cell in row) for row in self.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(self.headings))]
        return [_aligned(row, widths) for row in cells]


def parser(description: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    return made


def run(given: argparse.Namespace, measure: Callable[[], Figures]) -> None:
    """Measure, and print the figures with the machine that they are of."""
    os.environ.pop(NO_BYTECODE, None)
    machine = Machine.this()
    figures = measure()
    after = os.getloadavg()[0]
    if given.json:
        print(json.dumps({"machine": asdict(machine) | {"load_after": after}, **figures.as_json()}, indent=2))
        return
    print(figures.title, *machine.lines(), f"load average {after:.1f} at the end", "", sep="\n")
    print(*figures.lines(), sep="\n")
    print(*(f"\n{note}" for note in figures.notes), sep="")


def _shown(cell: Cell) -> str:
    return f"{cell:,.3f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    """Words to the left, figures to the right."""
    first, *others = (
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *others)).rstrip()
