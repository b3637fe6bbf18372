"""Sockets and ports of a server, brought here over the connection."""

import re
import socket
import threading
from pathlib import Path

from homeport.errors import HostUnreachable
from homeport.host.failures import absolute
from homeport.host.protocol import Endpoint
from homeport.host.ssh.connection import Connection

HERE = "127.0.0.1"
TRIES = 5
PLAIN_PATH = re.compile(r"[\w./@+,=-]+", re.ASCII)  # `:`, `%` and `$` mean something in a forward
PLAIN_ADDRESS = re.compile(r"[a-z0-9_][a-z0-9_.-]*|[0-9a-f:.]+", re.ASCII | re.IGNORECASE)


class Forwards:
    """Each place of the server is forwarded once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = threading.Lock()
        self._sockets: dict[str, Path] = {}
        self._ports: dict[tuple[str, int], Endpoint] = {}

    def socket(self, path: str) -> Path:
        """A unix socket here that leads to the one at `path` there. Whether one is there shows on use."""
        if not PLAIN_PATH.fullmatch(absolute(path)):
            raise ValueError(f"should be a path of letters, digits and ./@+,=-: {path!r}")
        with self._turn:
            if path not in self._sockets:
                here = self._connection.folder / f"{len(self._sockets)}.sock"
                self._forward(f"{here}:{path}", path)
                self._sockets[path] = here
            return self._sockets[path]

    def port(self, address: str, port: int) -> Endpoint:
        """A port of this machine's loopback that leads to `address` and `port` as the server sees them."""
        if not PLAIN_ADDRESS.fullmatch(address):
            raise ValueError(f"should be an IP address or a host name: {address!r}")
        with self._turn:
            if (address, port) not in self._ports:
                self._ports[address, port] = self._new_port(address, port)
            return self._ports[address, port]

    def _new_port(self, address: str, port: int) -> Endpoint:
        for tries_left in reversed(range(TRIES)):
            here = Endpoint(HERE, _free_port())
            try:
                self._forward(f"{here.address}:{here.port}:[{address}]:{port}", f"{address}:{port}")
            except HostUnreachable:
                self._connection.check()
                if not tries_left:
                    raise
            else:
                return here
        raise AssertionError("unreachable: the last try returns or raises")

    def _forward(self, forward: str, what: str) -> None:
        reason = self._connection.control("-O", "forward", "-L", forward)
        if reason:
            raise HostUnreachable(
                f"{what} of {self._connection.address} cannot be forwarded.",
                detail=reason,
                next_step="Try again; if it stays so, see AllowTcpForwarding in the server's sshd_config.",
            )


def _free_port() -> int:
    """A port that is free now. If another process takes it first, the forward fails and we try again."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])
