"""From a bare Debian machine to the example that answers, by one command. Needs root, mmdebstrap, iproute2, iptables.

The machine is a file system of its own in namespaces of its own: see `tests/support/bare_machine.py`.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Figures, parser, run
from bench.timing import timed
from tests.support.bare_machine import BareMachine, bare_machine, make_root

REPOSITORY = Path(__file__).parents[1]
CHECKOUT = "/root/homeport"
INSTALL_ENGINE = "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy docker.io"


def measure(given_archive: Path | None, network: str) -> Figures:
    with _archive(given_archive) as archive:
        with bare_machine(archive, "bench-engine", network) as machine:
            engine = timed(lambda: machine.run(INSTALL_ENGINE))
        with bare_machine(archive, "bench-demo", network) as machine:
            first, again = _demo(machine)
    rows = (
        ("scripts/demo: every route has answered", first),
        ("scripts/demo once more", again),
        ("reference: apt-get install docker.io", engine),
    )
    notes = ("The machine has Python and certificates, and no engine, image, Terraform or package cache.",)
    return Figures("From a bare machine to the first answer", ("", "seconds"), rows, notes)


@contextmanager
def _archive(given: Path | None) -> Iterator[Path]:
    """The file system that both machines start from, made where none is given."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="homeport-bench-") as folder:
        made = Path(folder) / "root.tar"
        make_root(made)
        yield made


def _demo(machine: BareMachine) -> tuple[float, float]:
    """The seconds of the first and of the second run; each ends only when every route has answered."""
    machine.put_checkout(REPOSITORY, CHECKOUT)
    first = timed(lambda: machine.run(f"{CHECKOUT}/scripts/demo"))
    return first, timed(lambda: machine.run(f"{CHECKOUT}/scripts/demo"))


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument(
        "--network", default="10.254.79", metavar="A.B.C", help="three bytes of a network that is free here (10.254.79)"
    )
    options.add_argument(
        "--archive", type=Path, metavar="TAR", help="a file system that was made before by `make_root`"
    )
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.archive, given.network))
