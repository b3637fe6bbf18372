"""A connection that is opened before it is needed."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Spare:
    """Over SSH, opening a connection is a way to the server and back: the next one is opened while this one's answer
    is waited for.

    One at most, however many threads there are: HAProxy's master takes ten, of everybody together.
    """

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._turn = threading.Lock()
        self._ready: socket.socket | None = None

    def prepare(self) -> None:
        """Open it, unless there is one. What fails here says why to whoever takes the next one."""
        with self._turn, suppress(OSError):
            self._ready = self._ready or self._connect()

    def take(self) -> socket.socket:
        """It, if the far end still keeps it open; else a new one."""
        with self._turn:
            ready, self._ready = self._ready, None
        if ready is None:
            return self._connect()
        if _is_silent(ready):
            return ready
        ready.close()
        return self._connect()

    def take_new(self) -> socket.socket:
        """A new one: the far end may have closed the other one a moment ago, which shows only later."""
        self.close()
        return self._connect()

    def close(self) -> None:
        with self._turn:
            ready, self._ready = self._ready, None
        if ready is not None:
            ready.close()


def _is_silent(connection: socket.socket) -> bool:
    """Whether nothing is to be read: neither an answer, to nothing that was asked, nor the end."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)
