"""Asking a door for its page, before any name leads there."""

import http.client
import socket
import ssl
from urllib.parse import urlsplit

from homeport.aws.endpoints import Door

TIMEOUT = 15.0  # seconds for one answer


def status(door: Door) -> int:
    """The status that it answers. Raises OSError without an answer (a certificate of another name is one, too), and
    HTTPException when it is no HTTP."""
    url = urlsplit(door.url)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.sock = socket.create_connection((host, port), timeout=TIMEOUT)
        if url.scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=door.server_name or host)
        headers = {"User-Agent": "homeport", "Connection": "close"} | dict(door.headers)
        connection.request("GET", url.path or "/", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def answer(door: Door) -> tuple[bool, str]:
    """Whether it answers below 500, and what it does in words (`answers 503`)."""
    try:
        found = status(door)
    except (OSError, http.client.HTTPException) as error:
        return False, failure(error)
    return found < 500, f"answers {found}"


def failure(error: OSError | http.client.HTTPException) -> str:
    """What `status` failed with, as the rest of a sentence about the page."""
    if isinstance(error, TimeoutError):
        return "gives no answer"
    if isinstance(error, OSError):
        return f"fails ({error.strerror or error})"
    return f"answers no HTTP ({type(error).__name__})"
