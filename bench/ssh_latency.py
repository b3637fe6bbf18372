"""What a far server costs: verbs over SSH with every word 25 ms on its way, beside the same on the server itself."""

import argparse
import statistics
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bench.installation import deployed, installed, set_version
from bench.report import Cell, Figures, parser, run
from bench.timing import timed
from tests.support.delay import COUNT
from tests.support.installation import Installation
from tests.support.ssh_server import SshServer, ssh_server

ONE_WAY = 0.025  # seconds
VERBS = (("status",), ("plan",), ("up", "--yes"))
HEADINGS = ("", "n", "local s", "ssh s", "far s", "round trips")


def measure(times: int) -> Figures:
    with installed() as installation:
        application, folder = deployed(installation), installation.folder / "server"
        folder.mkdir()
        with ssh_server(folder) as server:
            rows = tuple(_row(installation, server, application, verb, times) for verb in VERBS)
    notes = (
        f"Far: a ProxyCommand hands each piece on {ONE_WAY * 1000:.0f} ms later in each direction (not tc netem: it "
        "delays bytes, not packets). A round trip is counted when the client speaks after the server had; medians.",
        "Before each `up` a variable of the service is changed: a release with nothing to build, to its end.",
    )
    return Figures("Verbs over SSH, near and far", HEADINGS, rows, notes)


def _row(
    installation: Installation, server: SshServer, application: Path, verb: tuple[str, ...], times: int
) -> tuple[Cell, ...]:
    count = server.folder / "turns"
    near = {**installation.environment(), **server.environment(), "HOMEPORT_HOST": server.address}
    far = {**near, **server.far_away(ONE_WAY).environment(), COUNT: str(count)}
    prefix = server.prefix([installation.server_folder])
    seconds: list[list[float]] = [[], [], []]
    turns: list[int] = []
    for number in range(times + 1):
        count.write_bytes(b"")
        for place, (before, environment) in enumerate(
            (([], installation.environment()), (prefix, near), (prefix, far))
        ):
            if verb[0] == "up":
                set_version(application, f"release-{number}-{place}")
            seconds[place].append(_once([*before, *installation.command(*verb)], application, environment))
        turns.append(count.stat().st_size)
    return " ".join(verb), times, *(statistics.median(each[1:]) for each in seconds), int(statistics.median(turns[1:]))


def _once(command: list[str], cwd: Path, environment: Mapping[str, str]) -> float:
    return timed(
        lambda: subprocess.run(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
    )


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=5, metavar="N", help="runs of each verb (5)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.times))
