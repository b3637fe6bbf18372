"""A release by hand, the reference: a container with a published port, and no gateway."""

import http.client
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LOOK_EVERY = 0.005  # seconds; a time is too long by this at most
PATIENCE = 60.0  # seconds
PORT_OF_THE_PROBE = 8000


@dataclass(frozen=True, slots=True)
class BareContainer:
    """The probe's image under a name, published on a port of the loopback."""

    name: str
    image: str
    port: int

    def run(self) -> float:
        """Start it; returns the seconds from `docker run` to its first answer."""
        publish = f"127.0.0.1:{self.port}:{PORT_OF_THE_PROBE}"
        started = time.monotonic()
        _docker("run", "--detach", f"--name={self.name}", f"--publish={publish}", self.image)
        return wait_until(lambda: self._status() == 200) - started

    def remove(self) -> None:
        _docker("rm", "--force", self.name)

    def _status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def removed_after(container: BareContainer) -> Iterator[BareContainer]:
    try:
        yield container
    finally:
        container.remove()


def wait_until(is_so: Callable[[], bool]) -> float:
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


def _docker(*arguments: str) -> None:
    subprocess.run(["docker", *arguments], check=True, capture_output=True)
