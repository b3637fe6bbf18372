"""Sockets: where unix sockets of ours are, and whether somebody listens on a port."""

import socket
import tempfile
from pathlib import Path

LONGEST_FOLDER = 40  # of the folder for temporary files: ssh adds 20 to a socket's path while it opens one
ALWAYS = "/tmp"
KEPT = 0.3  # seconds after which a connection counts as kept


def make_folder() -> Path:
    """A folder (0700) for sockets, with a short path: the kernel takes about 100 bytes, and a temporary folder may be
    longer."""
    parent = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="homeport-", dir=parent if len(parent) <= LONGEST_FOLDER else ALWAYS))


def accepts(address: str, port: int, timeout: float) -> bool:
    """Whether the port takes a connection and keeps it: what leads on to another place closes it at once when nobody
    is there. Raises OSError when it takes none within `timeout` seconds."""
    with socket.create_connection((address, port), timeout=timeout) as connection:
        connection.settimeout(KEPT)
        try:
            return connection.recv(1) != b""
        except TimeoutError:
            return True
