"""Lines and lengths out of a pipe, each within a time."""

import os
import select
import time

CHUNK = 1 << 18


class Reader:
    """Reads a pipe. Raises EOFError when the other end closed, TimeoutError when it is silent too long."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray()

    def line(self, seconds: float | None) -> bytes:
        """The next line, without its end."""
        deadline = _deadline(seconds)
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            self._fill(deadline)
        return self._take(end + 1)[:-1]

    def exactly(self, length: int, seconds: float | None) -> bytes:
        """The next `length` bytes."""
        deadline = _deadline(seconds)
        while len(self._buffer) < length:
            self._fill(deadline)
        return self._take(length)

    def _take(self, length: int) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _fill(self, deadline: float | None) -> None:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        poll = select.poll()  # not select: it fails for descriptors above 1023
        poll.register(self._descriptor, select.POLLIN)
        if not poll.poll(None if left is None else left * 1000):
            raise TimeoutError
        chunk = os.read(self._descriptor, CHUNK)
        if not chunk:
            raise EOFError
        self._buffer += chunk


def _deadline(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds
