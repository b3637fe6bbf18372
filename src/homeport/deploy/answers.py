"""What the routes of an application answer, as a user's browser would hear it."""

import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One route's answer: `resolves` says whether its host name leads anywhere from where the person stands."""

    service: str
    url: str
    status: int
    resolves: bool


def resolves(host: str) -> bool:
    """Browsers and most resolvers send every name below localhost to the loopback (RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True
