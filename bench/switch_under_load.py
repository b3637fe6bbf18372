"""Releases one after the other under a full load through the gateway: what is lost, and what the switches cost."""

import argparse
import statistics
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from bench.container import BareContainer, removed_after
from bench.installation import HOST, deployed, installed, set_version
from bench.load import SLOW, Seen, loaded
from bench.report import Cell, Figures, parser, run
from tests.support.installation import Installation
from tests.support.ports import free_port

AROUND = 0.5  # seconds before and after a version was first seen that count as its switch
CUTS = 3
HEADINGS = ("", "requests", "failed", "requests/s", "p50 ms", "p99 ms", "most ms")


def measure(releases: int, connections: int, seconds: float) -> Figures:
    with installed() as installation:
        application = deployed(installation)
        with loaded(installation.http, HOST, connections) as quiet:
            time.sleep(seconds)
        with loaded(installation.http, HOST, connections) as released:
            for number in range(1, releases + 1):
                _release(installation, application, f"release-{number}")
        image = installation.inspect(next(iter(installation.containers("probe"))))["Config"]["Image"]
        by_hand = BareContainer(f"{installation.instance}-bare", image, free_port())
        with removed_after(by_hand):
            by_hand.run()
            with loaded(by_hand.port, HOST, connections) as cut:
                _cut(by_hand)
    switches = [first for version, first in released.first.items() if version.startswith("release-")]
    rows = (
        _row(f"{len(switches)} releases", released, [took for _, took in released.answers]),
        _row(f"  of these, within {AROUND:g} s of a switch", None, _during(released, switches)),
        _row("reference: no release", quiet, [took for _, took in quiet.answers]),
        _row(f"reference: {CUTS} hard cuts", cut, [took for _, took in cut.answers]),
    )
    notes = (
        f"{connections} keep-alive connections that ask as fast as they are answered, and {SLOW} that ask for "
        "answers of 2 s; times are of the quick ones.",
        "The load, `homeport up`, the gateway and the application share the cores, so a release slows its own load.",
        "A hard cut is `docker rm --force` and `docker run` of the same image, on a published port without a gateway; "
        "a connection that is refused is tried again after 10 ms, and counts as failed.",
    )
    return Figures("Releases under load", HEADINGS, rows, notes)


def _release(installation: Installation, application: Path, version: str) -> None:
    set_version(application, version)
    installation.homeport("up", "--yes", cwd=application)


def _cut(container: BareContainer) -> None:
    """What a release by hand does: the old one goes, then the new one comes."""
    for _ in range(CUTS):
        time.sleep(1)
        container.remove()
        container.run()
    time.sleep(1)


def _during(seen: Seen, switches: Collection[float]) -> list[float]:
    """The times of the answers that were under way, or nearly, at a switch."""
    return [
        took for sent, took in seen.answers if any(sent - AROUND < switch < sent + took + AROUND for switch in switches)
    ]


def _row(name: str, seen: Seen | None, times: Sequence[float]) -> tuple[Cell, ...]:
    """A row; of a part of a load (no `seen`) nobody knows what failed or how long it was."""
    totals: tuple[Cell, ...] = (len(times), "", "")
    if seen is not None:
        totals = (seen.requests, seen.failed, round(seen.requests / seen.seconds))
    hundredths = statistics.quantiles(times, n=100)
    return name, *totals, 1000 * hundredths[49], 1000 * hundredths[98], 1000 * max(times)


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--releases", type=int, default=20, metavar="N", help="releases under load (20)")
    options.add_argument("--connections", type=int, default=32, metavar="N", help="keep-alive connections (32)")
    options.add_argument("--seconds", type=float, default=20, help="of the load without a release (20)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.releases, given.connections, given.seconds))
