"""The streams of a command, as an engine gives them."""

import socket
import threading
from pathlib import Path

import docker

from homeport.home.streams import STDERR, STDOUT, Streams

UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
SAID = b"\x01\0\0\0\0\0\0\x05hello\x02\0\0\0\0\0\0\x03bad"


def _answer_at_once(listening: socket.socket) -> None:
    """As an engine's kernel does when the client was not scheduled for a while: the answer and all output together."""
    connection, _ = listening.accept()
    with connection:
        request = b""
        while not request.endswith(b"}"):
            request += connection.recv(65536)
        connection.sendall(UPGRADED + SAID)


def test_output_that_comes_with_the_answer_is_not_lost(tmp_path: Path) -> None:
    """The SDK has read it already when we begin to read."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "engine"))
        listening.listen()
        engine = threading.Thread(target=_answer_at_once, args=(listening,))
        engine.start()
        client = docker.APIClient(base_url=f"unix://{tmp_path}/engine", version="1.41")
        streams = Streams.of(client.exec_start("an exec", socket=True), 10)
        assert [(STDOUT, b"hello"), (STDERR, b"bad")] == list(streams.frames())
        engine.join()
