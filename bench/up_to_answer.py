"""From the start of `homeport up`, nothing to build, to the first answer of the new version through the gateway."""

import argparse
import time
from pathlib import Path

from bench.container import PATIENCE, BareContainer, removed_after, wait_until
from bench.installation import HOST, deployed, empty_root, installed, set_version, terraform
from bench.report import Figures, parser, run
from bench.timing import HEADINGS, row, seconds_of
from tests.support.installation import Installation
from tests.support.ports import free_port


def measure(times: int) -> Figures:
    with installed() as installation:
        application = deployed(installation)
        releases = [_release(installation, application, f"release-{number}") for number in range(times + 1)][1:]
        image = installation.inspect(next(iter(installation.containers("probe"))))["Config"]["Image"]
        containers = [_bare_container(f"{installation.instance}-bare", image) for _ in range(times + 1)][1:]
        apply = terraform("apply", "-auto-approve")
        bare = seconds_of(apply, times, cwd=empty_root(installation.folder))
    rows = (
        row("homeport up: the new version answers", [answered for answered, _ in releases]),
        row("homeport up: ended, the old version gone", [ended for _, ended in releases]),
        row("reference: docker run: the same image answers", containers),
        row("reference: terraform apply of nothing", bare),
    )
    notes = (
        "The application has a service, a database and a migration; a release changes a variable of the service.",
        "The first run of each is not counted. Bytecode is compiled before.",
    )
    return Figures("From `up` to the new version answering", HEADINGS, rows, notes)


def _release(installation: Installation, application: Path, version: str) -> tuple[float, float]:
    """The seconds until the new version answered, and until `up` had ended."""
    set_version(application, version)
    started = time.monotonic()
    process = installation.start("up", "--yes", cwd=application)
    answered = wait_until(lambda: installation.get(HOST).body.strip() == version) - started
    said, _ = process.communicate(timeout=PATIENCE)
    if process.returncode:
        raise RuntimeError(said)
    return answered, time.monotonic() - started


def _bare_container(name: str, image: str) -> float:
    """The seconds from `docker run` to the first answer."""
    with removed_after(BareContainer(name, image, free_port())) as container:
        return container.run()


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=10, metavar="N", help="releases, and runs of each reference (10)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.times))
