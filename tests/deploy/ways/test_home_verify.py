"""Every route is asked, whatever became of a connection that was opened for it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from homeport.deploy.ways.home.verify import verify
from homeport.errors import GatewayFailed
from homeport.home.gateway.door import Door
from homeport.host import Endpoint

CONFIGURATION = {"hosts": ["a.localhost"], "services": {"api": {"route": "/"}}}


def closing(connection: socket.socket) -> None:
    """As a reload does: the request is read and not answered."""
    connection.recv(4096)


def answering(status: int) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())

    return answer


@contextmanager
def gateway(*connections: Callable[[socket.socket], None]) -> Iterator[Any]:
    """A target whose gateway does the like with one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for one in connections:
                connection, _ = server.accept()
                with connection:
                    one(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host: Any = SimpleNamespace(reach=lambda address, port: Endpoint(address, port))
        door = Door(host, "127.0.0.1", server.getsockname()[1])
        yield SimpleNamespace(
            drivers=SimpleNamespace(gateway=SimpleNamespace(door=door)),
            home=SimpleNamespace(called="this machine"),
            base=SimpleNamespace(url=lambda host, path: f"http://{host}{path}"),
        )
        thread.join(5)
        assert not thread.is_alive()


def test_a_connection_that_a_reload_closed_is_asked_for_again() -> None:
    """Another application's route is made at the same time: this release is as good as before."""
    with gateway(closing, answering(200)) as target:
        target.drivers.gateway.door.prepare()
        (answer,) = verify(target, CONFIGURATION)
    assert ("api", 200) == (answer.service, answer.status)


def test_a_gateway_that_answers_neither_is_told() -> None:
    with gateway(closing, closing) as target, pytest.raises(GatewayFailed, match="this machine does not answer"):
        verify(target, CONFIGURATION)
