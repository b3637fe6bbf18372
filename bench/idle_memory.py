"""What the base keeps in memory when nobody asks for anything, beside an empty container."""

import argparse
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.installation import installed
from bench.report import Figures, parser, run
from tests.support.images import base_image
from tests.support.installation import Installation

BASE = ("front", "gateway", "registry", "postgres")
HEADINGS = ("", "docker stats MiB", "sum of VmRSS MiB", "sum of PSS MiB", "processes")
MIB = 2**20


class Memory(NamedTuple):
    """`stats` as `docker stats` shows it: the control group's memory without inactive file pages."""

    stats: float
    resident: float
    proportional: float
    processes: int


def measure(seconds: float) -> Figures:
    with installed() as installation, _empty_container(installation) as empty:
        time.sleep(seconds)
        base = {name: memory_of(installation, f"{installation.instance}-{name}") for name in BASE}
        reference = memory_of(installation, empty)
    together = Memory(*(sum(column) for column in zip(*base.values(), strict=True)))
    rows = (
        *((name, *memory) for name, memory in base.items()),
        ("together", *together),
        ("reference: an empty container (sleep)", *reference),
    )
    notes = (
        f"After {seconds:g} s without a request, with no application deployed.",
        "VmRSS counts a page once for each process that shares it; PSS shares it out.",
    )
    return Figures("Memory of the base, idle", HEADINGS, tuple(rows), notes)


def memory_of(installation: Installation, container: str) -> Memory:
    found = installation.client.stats(container, stream=False)["memory_stats"]
    inactive = found["stats"].get("total_inactive_file", found["stats"].get("inactive_file", 0))
    top = installation.client.top(container)
    column = top["Titles"].index("PID")
    processes = [Path("/proc") / process[column] for process in top["Processes"]]
    return Memory(
        (found["usage"] - inactive) / MIB,
        sum(_kib(process / "status", "VmRSS") for process in processes) / 1024,
        sum(_kib(process / "smaps_rollup", "Pss") for process in processes) / 1024,
        len(processes),
    )


def _kib(file: Path, name: str) -> int:
    lines = (line.split() for line in file.read_text().splitlines())
    return next(int(words[1]) for words in lines if words and words[0] == f"{name}:")


@contextmanager
def _empty_container(installation: Installation) -> Iterator[str]:
    name = f"{installation.instance}-empty"
    image = base_image("python:3.13-slim")
    command = ["docker", "run", "--detach", f"--name={name}", image, "sleep", "infinity"]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", name], check=True, capture_output=True)


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=60, help="idle before it is measured (60)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.seconds))
