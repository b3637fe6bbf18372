"""`homeport rollback` under load: the seconds to the older version's first answer, and the requests that are lost."""

import argparse
import time
from pathlib import Path

from bench.container import PATIENCE, BareContainer, removed_after, wait_until
from bench.installation import HOST, deployed, installed, set_version
from bench.load import loaded
from bench.report import Figures, parser, run
from bench.timing import HEADINGS, row
from tests.support.installation import Installation
from tests.support.ports import free_port

VERSIONS = ("release-1", "release-2")
COMPATIBLE = "ALTER TABLE things ADD COLUMN seen boolean;\n"


def measure(times: int, connections: int) -> Figures:
    with installed() as installation:
        application = deployed(installation)
        for version in VERSIONS:
            set_version(application, version)
            installation.homeport("up", "--yes", cwd=application)
            (application / "migrations" / "V2__seen.sql").write_text(COMPATIBLE)  # from the second version on
        idle = [_back(installation, application) for _ in range(times + 1)][1:]
        with loaded(installation.http, HOST, connections) as seen:
            busy = [_back(installation, application) for _ in range(times)]
        image = installation.inspect(next(iter(installation.containers("probe"))))["Config"]["Image"]
        containers = [_bare_container(f"{installation.instance}-bare", image) for _ in range(times + 1)][1:]
    rows = (
        row("homeport rollback: the older version answers", [answered for answered, _ in idle]),
        row("homeport rollback: ended, the newer version gone", [ended for _, ended in idle]),
        row("under load: the older version answers", [answered for answered, _ in busy]),
        row("under load: ended, drained", [ended for _, ended in busy]),
        row("reference: docker run: the same image answers", containers),
    )
    notes = (
        f"Under load: {seen.failed:,} of {seen.requests:,} requests failed, over {connections} keep-alive connections "
        f"and {times} rollbacks with an `up` after each; two more ask for answers of 2 s, which are waited for.",
        "The application has a service and a database; the newer version came with a compatible migration. The first "
        "run of each is not counted.",
    )
    return Figures("From `rollback` to the older version answering", HEADINGS, rows, notes)


def _back(installation: Installation, application: Path) -> tuple[float, float]:
    """The seconds until the older version answered, and until `rollback` had ended; then the newer one is put back."""
    older, _ = VERSIONS
    started = time.monotonic()
    process = installation.start("rollback", "--yes", cwd=application)
    answered = wait_until(lambda: installation.get(HOST).body.strip() == older) - started
    said, _ = process.communicate(timeout=PATIENCE)
    ended = time.monotonic() - started
    if process.returncode:
        raise RuntimeError(said)
    installation.homeport("up", "--yes", cwd=application)
    return answered, ended


def _bare_container(name: str, image: str) -> float:
    """The seconds from `docker run` to the first answer."""
    with removed_after(BareContainer(name, image, free_port())) as container:
        return container.run()


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=10, metavar="N", help="rollbacks, idle and under load (10)")
    options.add_argument("--connections", type=int, default=32, metavar="N", help="keep-alive connections (32)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.times, given.connections))
