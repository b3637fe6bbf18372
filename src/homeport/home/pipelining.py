"""Several requests over one connection, all sent before the first answer is waited for.

The far end takes a request up when it is done with the one before. Source: RFC 9112, 9.3.2 "Pipelining".
"""

import http.client
import io
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3 import HTTPResponse


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to the engine, as its API has it: `path` is without the version, which is the client's, or, where it
    does not know one yet, the engine's newest; `body` is sent as JSON."""

    method: str
    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


def written(asked: requests.PreparedRequest) -> bytes:
    """A request as it is sent."""
    body = asked.body or b""
    content = body if isinstance(body, bytes) else body.encode()
    kind = "Content-Type: application/json\r\n" if content else ""
    start = f"{asked.method} {asked.path_url} HTTP/1.1\r\nHost: localhost\r\n"
    return f"{start}{kind}Content-Length: {len(content)}\r\n\r\n".encode() + content


class Answers:
    """The answers that come one after another over a connection; it is left open."""

    def __init__(self, connection: socket.socket) -> None:
        self._reader = _StaysOpen(connection.makefile("rb", buffering=0))

    def makefile(self, mode: str) -> io.BufferedReader:
        """What http.client asks a socket for."""
        return self._reader

    def next(self) -> HTTPResponse:
        """The next one, whole. Raises OSError or HTTPException when there is none."""
        answer = http.client.HTTPResponse(self)  # type: ignore[arg-type]
        answer.begin()
        body = io.BytesIO(answer.read())
        return HTTPResponse(body, dict(answer.headers), answer.status, reason=answer.reason, preload_content=False)


class _StaysOpen(io.BufferedReader):
    def close(self) -> None:
        """The next answer is read by it, too."""
