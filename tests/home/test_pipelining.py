"""Requests that are all sent before the first answer is waited for, to an engine that answers one after another."""

import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests
from docker.errors import APIError, NotFound

from homeport.home.engine import AT_ONCE, Engine
from homeport.home.pipelining import Ask

ASKED = (Ask("POST", "/containers/a/update", body={"Memory": 1}), Ask("POST", "/containers/a/stop", {"t": 2}))
WITH_LENGTH = b'HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{"Id":"a"}'
IN_CHUNKS = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"Id"\r\n5\r\n:"b"}\r\n0\r\n\r\n'
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
MISSING = b'HTTP/1.1 404 Not Found\r\nContent-Length: 21\r\n\r\n{"message":"no such"}'
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"


class Replying:
    """An engine's socket: on each connection it answers only when as many requests as it has answers have come."""

    def __init__(self, path: Path, answers: Sequence[bytes]) -> None:
        self.heard: list[bytes] = []
        self._answers = answers
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(AT_ONCE + 1)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            asked = b""
            while piece := connection.recv(65536):
                asked += piece
                if asked.count(b" HTTP/1.1\r\n") < len(self._answers):
                    continue
                self.heard.append(asked)
                asked = b""
                connection.sendall(b"".join(self._answers))
                if CUT in self._answers:
                    return

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def replying(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Replying, Engine]]:
    server = Replying(tmp_path / "docker.sock", request.param)
    try:
        yield server, engine_at(tmp_path / "docker.sock")
    finally:
        server.close()


def engine_at(path: Path) -> Engine:
    """One whose version is known."""
    client = Engine(f"unix://{path}", version="1.41", timeout=5)
    client.is_known = True
    return client


def answers(*given: bytes) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("replying", [given], indirect=True)


@answers(WITH_LENGTH, IN_CHUNKS, NO_CONTENT)
def test_each_answer_is_its_own(replying: tuple[Replying, Engine]) -> None:
    """The server says nothing before all three have come, and says all at once: none is read into the next."""
    server, client = replying
    one, two, three = client.in_a_row(*ASKED, Ask("GET", "/info"))
    assert [{"Id": "a"}, {"Id": "b"}] == [client.require(answer).json() for answer in (one, two)]
    assert 204 == three.status_code
    _, update, stop = server.heard[0].split(b"POST ")
    assert update.startswith(b"/v1.41/containers/a/update HTTP/1.1\r\n")
    assert update.endswith(b'Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{"Memory": 1}')
    assert stop.startswith(b"/v1.41/containers/a/stop?t=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")


@answers(MISSING, NO_CONTENT)
def test_a_refusal_is_the_sdks_error_and_the_next_is_still_answered(replying: tuple[Replying, Engine]) -> None:
    """Whoever asks decides what a refusal means; the requests behind it are answered all the same."""
    _, client = replying
    refused, done = client.in_a_row(*ASKED)
    with pytest.raises(NotFound, match="no such"):
        client.require(refused)
    assert 204 == client.require(done).status_code


@answers(WITH_LENGTH, WITH_LENGTH)
def test_a_connection_whose_answers_were_not_all_read_is_not_used_again(replying: tuple[Replying, Engine]) -> None:
    """An answer that is left on it would be taken for the next one's."""
    _, client = replying
    for _ in range(AT_ONCE + 1):
        row = client.in_a_row(*ASKED)
        assert 201 == next(row).status_code
        row.close()  # type: ignore[attr-defined]  # a generator
    assert [201, 201] == [answer.status_code for answer in client.in_a_row(*ASKED)]


@answers(NO_CONTENT, CUT)
def test_an_engine_that_ends_half_way_is_told_as_such(replying: tuple[Replying, Engine]) -> None:
    """The SDK's own methods raise the same: everybody who waits for an engine catches it."""
    _, client = replying
    row = client.in_a_row(*ASKED)
    assert 204 == next(row).status_code
    with pytest.raises(requests.exceptions.ConnectionError):
        next(row)


def test_nobody_who_answers(tmp_path: Path) -> None:
    """A socket that is gone is no APIError: the engine has refused nothing."""
    client = engine_at(tmp_path / "none.sock")
    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        list(client.in_a_row(*ASKED))
    assert not isinstance(caught.value, APIError)
