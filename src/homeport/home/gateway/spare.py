"""Connections that are opened before they are needed."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Spare:
    """Over SSH, opening a connection is a way to the server and back: the next one is opened while something else is
    waited for. `most` at once, however many threads there are.
    """

    def __init__(self, connect: Callable[[], socket.socket], most: int = 1) -> None:
        self._connect = connect
        self._most = most
        self._turn = threading.Lock()
        self._ready: list[socket.socket] = []

    def prepare(self) -> None:
        """Open one more, unless there are enough. What fails here says why to whoever takes the next one."""
        with self._turn, suppress(OSError):
            if len(self._ready) < self._most:
                self._ready.append(self._connect())

    def take(self) -> socket.socket:
        """One that the far end still keeps open; else a new one."""
        with self._turn:
            while self._ready:
                ready = self._ready.pop()
                if _is_silent(ready):
                    return ready
                ready.close()
        return self._connect()

    def take_new(self) -> socket.socket:
        """A new one: the far end may have closed the others a moment ago, which shows only later."""
        self.close()
        return self._connect()

    def close(self) -> None:
        with self._turn:
            while self._ready:
                self._ready.pop().close()


def _is_silent(connection: socket.socket) -> bool:
    """Whether nothing is to be read: neither an answer, to nothing that was asked, nor the end."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)
