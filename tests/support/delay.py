"""A far-away server: `ProxyCommand python delay.py HOST PORT SECONDS` carries a connection, late in each direction.

The kernel's own way (tc netem) is a module that not every machine has. This delays bytes, not packets: it adds nothing
for a handshake of TCP, and loses nothing.
"""

import os
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

CHUNK = 1 << 16
COUNT = "HOMEPORT_TEST_TURNS"  # names a file that grows by a byte with each round trip


def carry(read: Callable[[int], bytes], write: Callable[[bytes], object], seconds: float) -> None:
    """Hand on what is read, each piece `seconds` after it came; an empty piece is the end."""
    waiting: queue.Queue[tuple[float, bytes]] = queue.Queue()
    threading.Thread(target=_hand_on, args=(waiting, write), daemon=True).start()
    while True:
        piece = read(CHUNK)
        waiting.put((time.monotonic() + seconds, piece))
        if not piece:
            return


def _hand_on(waiting: queue.Queue[tuple[float, bytes]], write: Callable[[bytes], object]) -> None:
    while True:
        due, piece = waiting.get()
        time.sleep(max(0.0, due - time.monotonic()))
        if not piece:
            os._exit(0)
        write(piece)


class Turns:
    """How often the client spoke after the server had: round trips that were waited for, one after another."""

    def __init__(self) -> None:
        self._is_clients = False

    def asked(self, piece: bytes) -> bytes:
        if piece and not self._is_clients:
            self._is_clients = True
            if file := os.environ.get(COUNT):
                with Path(file).open("a") as counted:
                    counted.write(".")
        return piece

    def answered(self, piece: bytes) -> bytes:
        self._is_clients = False
        return piece


def main() -> None:
    host, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    turns = Turns()
    with socket.create_connection((host, port)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        up = threading.Thread(
            target=carry, args=(lambda size: turns.asked(os.read(0, size)), server.sendall, seconds), daemon=True
        )
        up.start()
        carry(lambda size: turns.answered(server.recv(size)), lambda piece: os.write(1, piece), seconds)
        time.sleep(seconds + 1)


if __name__ == "__main__":
    main()
