"""What many applications on a server cost: the time of a plan, a release and a reload, and the memory of the base."""

import argparse
import subprocess
from pathlib import Path

from bench.idle_memory import memory_of
from bench.installation import deployed, installed, set_version
from bench.report import Cell, Figures, parser, run
from bench.timing import timed
from homeport.home.drivers import gateway_of
from homeport.home.gateway.runtime import Runtime
from homeport.targets import HomeTarget
from tests.support.installation import Installation

HEADINGS = (
    *("applications", "plan s", "up s", "gateway reload s"),
    *("gateway MiB", "postgres MiB", "registry MiB", "one application MiB"),
)


def measure(most: int) -> Figures:
    """A row for 1, 10, 20 … applications, each with a service, a database and a migration."""
    rows: list[tuple[Cell, ...]] = []
    with installed() as installation:
        first = deployed(installation)
        for number in range(1, most + 1):
            if number > 1:
                deployed(installation, f"probe{number}")
            if number == 1 or number % 10 == 0 or number == most:
                rows.append(_row(installation, first, number))
    notes = (
        "Plan: nothing to do, of the first application. Up: another variable of its service, no build.",
        "A reload reads every route's file again and answers when the new worker is ready; a release of a new route "
        "needs one.",
        "Each is the median of three. Memory as `docker stats` shows it, right after the releases.",
    )
    return Figures("Many applications on one server", HEADINGS, tuple(rows), notes)


def _row(installation: Installation, application: Path, number: int) -> tuple[Cell, ...]:
    plan = sorted(timed(lambda: _run(installation, application, "plan")) for _ in range(3))[1]
    up = sorted(_release(installation, application, f"{number}.{turn}") for turn in range(3))[1]
    reload = sorted(_reload(installation) for _ in range(3))[1]
    base = [
        memory_of(installation, f"{installation.instance}-{name}").stats for name in ("gateway", "postgres", "registry")
    ]
    one = memory_of(installation, next(iter(installation.containers("probe")))).stats
    return (str(number), plan, up, reload, *base, one)


def _release(installation: Installation, application: Path, version: str) -> float:
    set_version(application, version)
    return timed(lambda: _run(installation, application, "up", "--yes"))


def _reload(installation: Installation) -> float:
    with HomeTarget.open("local", instance=installation.instance, holder="bench") as target:
        return timed(Runtime(target.home, gateway_of(target.home)).reload)


def _run(installation: Installation, application: Path, *arguments: str) -> None:
    subprocess.run(
        installation.command(*arguments),
        cwd=application,
        env=installation.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--applications", type=int, default=50, metavar="N", help="how many at most (50)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.applications))
