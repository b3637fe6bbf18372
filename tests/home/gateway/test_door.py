import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from homeport.home.gateway.door import Door
from homeport.host import Endpoint


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


def door_to(port: int) -> Door:
    host: Any = SimpleNamespace(reach=lambda address, port: Endpoint(address, port))
    return Door(host, "127.0.0.1", port)


def test_a_connection_is_opened_before_it_is_taken(listening: socket.socket) -> None:
    """Over SSH that is a way to the server and back, which is waited for beside another."""
    with door_to(listening.getsockname()[1]).opening("a.localhost") as entered:
        far, _ = listening.accept()
        far.sendall(b"good")
        assert b"good" == entered().recv(4)
    with far:
        assert b"" == far.recv(1)


def test_a_connection_that_was_not_taken_is_closed(listening: socket.socket) -> None:
    """What was done meanwhile failed: the gateway's connections are counted."""
    with (
        pytest.raises(KeyError, match="meanwhile"),
        door_to(listening.getsockname()[1]).opening("a.localhost"),
    ):
        raise KeyError("meanwhile")
    far, _ = listening.accept()
    with far:
        assert b"" == far.recv(1)


def test_a_closed_door_is_told_where_it_is_needed(listening: socket.socket) -> None:
    """What was done meanwhile may say better why."""
    port = listening.getsockname()[1]
    listening.close()
    with door_to(port).opening("a.localhost") as entered, pytest.raises(ConnectionRefusedError):
        entered()


def test_a_connection_that_is_ready_is_taken(listening: socket.socket) -> None:
    """It was opened while something else was waited for."""
    door = door_to(listening.getsockname()[1])
    door.prepare()
    far, _ = listening.accept()
    with far, door.connect("a.localhost") as near:
        far.sendall(b"good")
        assert b"good" == near.recv(4)
    listening.settimeout(0)
    with pytest.raises(BlockingIOError):
        listening.accept()


def test_one_that_the_gateway_has_closed_is_not(listening: socket.socket) -> None:
    """HAProxy says that nothing was asked, and closes it; so does a reload."""
    door = door_to(listening.getsockname()[1])
    door.prepare()
    listening.accept()[0].close()
    with door.connect("a.localhost") as near, listening.accept()[0] as far:
        far.sendall(b"good")
        assert b"good" == near.recv(4)
