"""What the routes of an application answer, as a user's browser would hear it."""

import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One route's answer: `resolves` says whether its host name leads anywhere from where the person stands, and
    `leads_to` which name it should be an alias of; empty for a server's own address."""

    service: str
    url: str
    status: int
    resolves: bool
    leads_to: str = ""


def resolves(host: str) -> bool:
    """Browsers and most resolvers send every name below localhost to the loopback (RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True
