"""One request through the gateway, for one slot, before anybody else is sent there."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

LIMIT = timedelta(seconds=15)  # for the head of the answer; the container has already passed its health check
LOOK_UP = 0.2  # seconds between two looks whether somebody stops us
LONGEST_HEAD = 65536
TOKEN_HEADER = "homeport-ask"
ANSWERED_BY = "homeport-answered-by"


@dataclass(frozen=True, slots=True)
class Answer:
    """`by` is "backend/slot" as HAProxy wrote it, and empty when HAProxy answered itself."""

    status: int
    by: str


def ask(entered: socket.socket, host: str, path: str, token: str, stopped: Callable[[], bool]) -> Answer | None:
    """What the slot that `token` stands for answers to a GET over a connection that has entered the gateway; None when
    none came in time, or when stopped. Raises OSError when the gateway ends the connection."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{TOKEN_HEADER}: {token}\r\n"
        "User-Agent: homeport\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )
    entered.sendall(request.encode())
    return _parse(_head(entered, stopped))


def _head(connection: socket.socket, stopped: Callable[[], bool]) -> str:
    head = b""
    deadline = time.monotonic() + LIMIT.total_seconds()
    connection.settimeout(LOOK_UP)
    while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
        try:
            data = connection.recv(4096)
        except TimeoutError:
            if stopped() or time.monotonic() > deadline:
                break
            continue
        if not data:
            break
        head += data
    return head.partition(b"\r\n\r\n")[0].decode("latin-1")


def _parse(head: str) -> Answer | None:
    first, *lines = head.split("\r\n")
    words = first.split()
    if len(words) < 2 or not words[1].isdigit():
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(words[1]), headers.get(ANSWERED_BY, ""))
