"""Ports of the loopback for a test's own use, given out once each."""

import os
import random
import socket
from contextlib import suppress
from pathlib import Path

UNPRIVILEGED = range(10_000, 65_536)
OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
WORKERS = 8  # of pytest-xdist, at most


def free_port() -> int:
    """A port on which nothing listens now, which no outgoing connection takes later, and which no other test of this
    run is given: what is given out is often opened a minute later."""
    return next(_free)


def _own_ports() -> list[int]:
    """This worker's slice: the port after one is no other worker's, for tests that look for the next free one."""
    low, high = (int(word) for word in OUTGOING.read_text().split())
    ports = [port for port in UNPRIVILEGED if not low <= port <= high]
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    share = len(ports) // WORKERS
    return random.sample(ports[worker * share : (worker + 1) * share], share)


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):  # it is taken
        probe.bind(("127.0.0.1", port))
        return True
    return False


_free = filter(_is_free, _own_ports())
