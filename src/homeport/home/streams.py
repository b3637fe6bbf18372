"""The streams of a command in a container, as the engine gives them: one connection, both ways.

Source: Docker Engine API, "Attach to a container", stream format.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

STDOUT, STDERR = 1, 2
FRAME_HEADER = 8
CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Streams:
    """`incoming` is what comes over `connection`, from the first byte after the engine's HTTP answer."""

    connection: socket.socket
    incoming: BinaryIO

    @classmethod
    def of(cls, attached: Any, timeout: float | None) -> Streams:
        """From what the SDK calls a socket. `timeout` is the longest silence in seconds; None for any."""
        attached._sock.settimeout(timeout)
        # Not the socket itself: on a busy machine the first output comes together with the HTTP answer, and is then
        # in the buffer of the SDK's response already.
        return cls(attached._sock, attached._response.raw._fp.fp)

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Output as it comes, each piece with the stream that it belongs to."""
        while len(header := self.incoming.read(FRAME_HEADER)) == FRAME_HEADER:
            stream, length = struct.unpack(">BxxxI", header)
            yield stream, self.incoming.read(length)

    def raw(self) -> Iterator[tuple[int, bytes]]:
        """The same for a command with a terminal: both outputs are one, without frames."""
        while data := self.incoming.read1(CHUNK):  # type: ignore[attr-defined]
            yield STDOUT, data

    def send(self, data: bytes) -> None:
        """Raises OSError when the command has ended."""
        self.connection.sendall(data)

    def end_input(self) -> None:
        self.connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Also frees a thread that still sends to a command which does not read."""
        with suppress(OSError):  # the other end was first
            self.connection.shutdown(socket.SHUT_RDWR)
