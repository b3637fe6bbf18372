"""From the start of `homeport up`, nothing to build, to the first answer of the new version through the gateway."""

import argparse
import http.client
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench.installation import HOST, deployed, empty_root, installed, set_version, terraform
from bench.report import Figures, parser, run
from bench.timing import HEADINGS, row, seconds_of
from tests.support.installation import Installation, free_port

LOOK_EVERY = 0.005  # seconds; a time is too long by this at most
PATIENCE = 60.0  # seconds
PORT_OF_THE_PROBE = 8000


def measure(times: int) -> Figures:
    with installed() as installation:
        application = deployed(installation)
        releases = [_release(installation, application, f"release-{number}") for number in range(times + 1)][1:]
        image = installation.inspect(next(iter(installation.containers("probe"))))["Config"]["Image"]
        containers = [_bare_container(installation, image) for _ in range(times + 1)][1:]
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
    answered = _wait(lambda: installation.get(HOST).body.strip() == version) - started
    said, _ = process.communicate(timeout=PATIENCE)
    if process.returncode:
        raise RuntimeError(said)
    return answered, time.monotonic() - started


def _bare_container(installation: Installation, image: str) -> float:
    """The seconds from `docker run` to the first answer."""
    name, port = f"{installation.instance}-bare", free_port()
    command = ["docker", "run", "--detach", f"--name={name}", f"--publish=127.0.0.1:{port}:{PORT_OF_THE_PROBE}", image]
    started = time.monotonic()
    try:
        subprocess.run(command, check=True, capture_output=True)
        return _wait(lambda: _status(port) == 200) - started
    finally:
        subprocess.run(["docker", "rm", "--force", name], check=True, capture_output=True)


def _status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def _wait(is_so: Callable[[], bool]) -> float:
    """The moment at which it was first so. A connection that is refused or broken off is no answer yet."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if is_so():
                return time.monotonic()
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(LOOK_EVERY)
    raise TimeoutError(f"no answer within {PATIENCE:g} s")


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=10, metavar="N", help="releases, and runs of each reference (10)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.times))
