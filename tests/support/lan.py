"""Another machine on the server's network: a network namespace with a cable to this one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)"


@dataclass(frozen=True)
class LanMachine:
    """It sends everything that is not its own to the server at `server`, as to a router."""

    namespace: str
    server: str

    def reaches(self, address: str, port: int) -> bool:
        """Whether a connection is taken there."""
        command = ["ip", "netns", "exec", self.namespace, sys.executable, "-c", CONNECT, address, str(port)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def lan_machine(name: str) -> Iterator[LanMachine]:
    """The machine, and its cable, for as long as the context lasts. It needs root, as network namespaces do."""
    server, here, there = "10.254.77.1", f"{name[:10]}-a", f"{name[:10]}-b"
    inside = ("ip", "-n", name)
    _run("ip", "netns", "add", name)
    try:
        _run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        _run("ip", "addr", "add", f"{server}/30", "dev", here)
        _run("ip", "link", "set", here, "up")
        _run(*inside, "addr", "add", "10.254.77.2/30", "dev", there)
        _run(*inside, "link", "set", there, "up")
        _run(*inside, "route", "add", "default", "via", server)
        yield LanMachine(name, server)
    finally:
        subprocess.run(["ip", "link", "del", here], check=False, capture_output=True)
        _run("ip", "netns", "del", name)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
