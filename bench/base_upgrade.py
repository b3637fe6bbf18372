"""`homeport setup` with other service images, under load: how long nobody is answered, and what is lost."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from bench.installation import HOST, deployed
from bench.load import Seen, loaded
from bench.report import Cell, Figures, parser, run
from tests.support.installation import Installation
from tests.support.other_images import other_service_images

AROUND = 2.0  # seconds of load before and after
HEADINGS = ("", "requests", "failed", "silence s")


@contextmanager
def installed() -> Iterator[tuple[Installation, dict[str, str]]]:
    """A base on other images, with the probe on it, and the environment that asks for those images."""
    with tempfile.TemporaryDirectory(prefix="homeport-bench-") as folder:
        installation = Installation(Path(folder))
        with other_service_images(Path(folder), installation.instance) as other:
            try:
                installation.variables = other
                installation.setup("--images", "built")
                deployed(installation)
                yield installation, other
            finally:
                installation.remove()


def measure(upgrades: int, connections: int) -> Figures:
    rows: list[tuple[Cell, ...]] = []
    with installed() as (installation, other):
        for slow in (0, 2):
            name = "quick requests only" if not slow else "with requests of 2 s in flight"
            for number in range(upgrades):
                installation.variables = {} if installation.variables else other
                with loaded(installation.http, HOST, connections, slow) as seen:
                    time.sleep(AROUND)
                    installation.setup()
                    time.sleep(AROUND)
                rows.append(_row(f"upgrade {number + 1}, {name}", seen))
            with loaded(installation.http, HOST, connections, slow) as seen:
                time.sleep(AROUND)
                installation.setup("--with-front")
                time.sleep(AROUND)
            rows.append(_row(f"the front, {name}", seen))
        with loaded(installation.http, HOST, connections, 0) as seen:
            time.sleep(AROUND)
            installation.client.remove_container(f"{installation.instance}-gateway", force=True)
            installation.setup()
            time.sleep(AROUND)
        rows.append(_row("reference: the gateway removed, then setup", seen))
    notes = (
        f"{connections} keep-alive connections. Gateway, registry and Postgres are replaced in an upgrade; the front "
        "when it is asked for, where its image is another. Silence is the longest time without an answer.",
        "A connection that is refused is tried again after 10 ms, and counts as failed: the number says more of the "
        "load than of the upgrade. Requests in flight are answered (tests/docker/deploy/test_upgrade.py).",
    )
    return Figures("Upgrades of the base under load", HEADINGS, tuple(rows), notes)


def _row(name: str, seen: Seen) -> tuple[Cell, ...]:
    ends = sorted(sent + took for sent, took in seen.answers)
    return name, seen.requests, seen.failed, max(after - before for before, after in pairwise(ends))


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--upgrades", type=int, default=3, metavar="N", help="upgrades of each kind (3)")
    options.add_argument("--connections", type=int, default=8, metavar="N", help="keep-alive connections (8)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.upgrades, given.connections))
