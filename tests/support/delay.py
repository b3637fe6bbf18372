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

CHUNK = 1 << 16


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


def main() -> None:
    host, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    with socket.create_connection((host, port)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        up = threading.Thread(target=carry, args=(lambda size: os.read(0, size), server.sendall, seconds), daemon=True)
        up.start()
        carry(server.recv, lambda piece: os.write(1, piece), seconds)
        time.sleep(seconds + 1)


if __name__ == "__main__":
    main()
