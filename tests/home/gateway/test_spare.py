import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from homeport.errors import GatewayFailed
from homeport.home.gateway import runtime as runtimes
from homeport.home.gateway.runtime import Runtime
from homeport.home.gateway.spare import Spare

Master = Callable[[socket.socket], bytes]


def silent(connection: socket.socket) -> bytes:
    """A master that hears all commands and ends."""
    return b"".join(iter(lambda: connection.recv(4096), b""))


def answering(connection: socket.socket) -> bytes:
    """A master that is well: an empty line to each command, once all have come."""
    if request := silent(connection):
        connection.sendall(b"Success=1\n" if request == b"reload\n" else b"\n" * request.count(b"\n"))
    return request


def cutting(connection: socket.socket) -> bytes:
    """A master that ends: it closes what is open."""
    return b"cut"


class Server:
    """A unix socket at which each of `masters` takes one connection, in this order; `heard` is what they were asked."""

    def __init__(self, path: Path, masters: list[Master]) -> None:
        self.path = path
        self.heard: list[bytes] = []
        self.opened = threading.Semaphore(0)
        self.cut = threading.Event()
        self._masters = masters
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for master in self._masters:
            connection, _ = self._listening.accept()
            with connection:
                self.opened.release()
                if request := master(connection):
                    self.heard.append(request)
            if master is cutting:
                self.cut.set()

    def close(self) -> None:
        self._thread.join(5)
        self._listening.close()
        assert not self._thread.is_alive(), "a connection that was expected did not come"


@contextmanager
def far_gateway(folder: Path, *masters: Master) -> Iterator[tuple[Server, Runtime]]:
    """A Runtime whose server is far away, and the masters that it talks to."""
    server = Server(folder / "master.sock", list(masters))
    host = SimpleNamespace(address="ssh://there", socket=lambda path: server.path)
    home: Any = SimpleNamespace(host=host, path=lambda *parts: "/".join(parts))
    runtime = Runtime(home, "gateway")
    try:
        yield server, runtime
    finally:
        server.close()


def test_the_next_command_goes_by_the_connection_that_was_opened_before(tmp_path: Path) -> None:
    """Over SSH a new one would be one more way to the server and back."""
    with far_gateway(tmp_path, answering, answering) as (server, runtime):
        runtime.change("one")
        assert server.opened.acquire(timeout=5)
        assert server.opened.acquire(timeout=5), "no connection was opened for the next command"
        assert ("",) == runtime.change("two")
    assert [b"@1 one\n", b"@1 two\n"] == server.heard


def test_a_connection_that_was_closed_meanwhile_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reload cuts the connections that are open: the next command goes by a new one, without a try that fails."""
    monkeypatch.setattr(runtimes, "PAUSE", -1)  # before a second try: no time to wait is an error
    with far_gateway(tmp_path, answering, cutting, answering) as (server, runtime):
        runtime.change("one")
        assert server.cut.wait(5)
        assert ("",) == runtime.change("two")
    assert [b"@1 one\n", b"cut", b"@1 two\n"] == server.heard


def test_a_reload_goes_by_a_new_connection(tmp_path: Path) -> None:
    """It is not tried twice, and that the old one was cut may show only while it is under way."""
    with far_gateway(tmp_path, answering, answering, answering) as (server, runtime):
        runtime.change("one")
        runtime.reload()
    assert [b"@1 one\n", b"reload\n"] == server.heard


def test_a_reload_without_an_answer_is_not_sent_twice(tmp_path: Path) -> None:
    """It may have begun."""
    with far_gateway(tmp_path, answering, answering, silent) as (server, runtime):
        runtime.change("one")
        with pytest.raises(GatewayFailed, match="does not answer"):
            runtime.reload()
    assert [b"@1 one\n", b"reload\n"] == server.heard


def test_there_is_one_spare_at_most() -> None:
    """HAProxy's master takes ten connections: threads that switch many routes must leave some to others."""
    made: list[socket.socket] = []

    def connect() -> socket.socket:
        ours, theirs = socket.socketpair()
        made.extend((ours, theirs))
        return ours

    spare = Spare(connect)
    threads = [threading.Thread(target=spare.prepare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 2 == len(made)
    assert made[0] is spare.take()
    for one in made:
        one.close()


def test_a_spare_that_cannot_be_opened_is_no_error() -> None:
    """The command before it was carried out: whoever needs the connection hears why."""

    def connect() -> socket.socket:
        raise ConnectionRefusedError("nobody is there")

    spare = Spare(connect)
    spare.prepare()
    with pytest.raises(ConnectionRefusedError, match="nobody"):
        spare.take()
