"""Where a person looks at an application: `homeport open`.

A server behind SSH is looked at through the connection that is there already: a port of this machine's loopback, under
a name below localhost, which every browser takes for the loopback (RFC 6761). So neither DNS nor /etc/hosts is needed.

The gateway chooses by host name, and the name that it knows may be another, so the requests' heads are rewritten on
their way. Only the first head of a connection is: each request is asked to be the last on its own, and all that
follows a head, in either direction, passes as it is. So there is no HTTP body to understand, and uploads, event
streams and WebSockets pass. The price is a new connection for each request, over the loopback.
"""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from homeport.deploy.application import Application
from homeport.deploy.daily.paths import path_of
from homeport.deploy.daily.protocol import Page
from homeport.targets import HomeTarget

HERE = "127.0.0.1"
CHUNK = 65536
LONGEST_HEAD = 65536  # bytes
CONNECT_WITHIN = 10.0  # seconds
END_OF_HEAD = b"\r\n\r\n"
UPGRADE = re.compile(rb"^upgrade:", re.IGNORECASE | re.MULTILINE)
HOST = re.compile(rb"^host:[ \t]*(.*?)[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
CONNECTION = re.compile(rb"^connection:.*\n", re.IGNORECASE | re.MULTILINE)
UNREACHABLE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Names:
    """How a browser calls the application, and how the gateway does: `name:port`, and the URL up to the path."""

    here: str
    there: str
    url_here: str
    url_there: str

    def asked(self, head: bytes) -> bytes:
        """A request's head as the gateway should see it. Other names than ours are left to the gateway: a page of
        somebody else's that leads its own name to the loopback gets no answer."""
        if not UPGRADE.search(head):
            head = CONNECTION.sub(b"", head).replace(END_OF_HEAD, b"\r\nConnection: close\r\n\r\n")
        named = HOST.search(head)
        if named is None or named[1].decode(errors="replace").lower() != self.here:
            return head
        head = HOST.sub(f"Host: {self.there}\r".encode(), head, count=1)
        return _moved(head, b"origin|referer", self.url_here, self.url_there)

    def answered(self, head: bytes) -> bytes:
        """The head of the answer as the browser should see it: a redirection stays here."""
        return _moved(head, b"location", self.url_there, self.url_here)


def _moved(head: bytes, headers: bytes, before: str, after: str) -> bytes:
    """The head with the start of these headers' URLs replaced."""
    pattern = rb"^((?:%s):[ \t]*)%s(?=[/?#\r])" % (headers, re.escape(before.encode()))
    return re.sub(pattern, lambda found: found[1] + after.encode(), head, flags=re.IGNORECASE | re.MULTILINE)


def page(application: Application, target: HomeTarget, service: str | None) -> Page:
    """By the name that it has, or through the connection to a server that is elsewhere."""
    path = path_of(application, service)
    if target.address == "local":
        return Page(target.base.url(application.hosts(target)[0], path))
    forward = Forward(application, target)
    return Page(forward.url(path), target.address, forward.serve)


class Forward:
    """A port of this machine's loopback that leads to an application on a server."""

    def __init__(self, application: Application, target: HomeTarget) -> None:
        base, host = target.base, application.hosts(target)[0]
        self._server = _listen(base.http, _door(target, host))
        name, port = f"{application.name}.localhost", self._server.server_address[1]
        here = name if port == 80 else f"{name}:{port}"
        self._server.names = Names(here, host, f"http://{here}", base.url(host, "").rstrip("/"))

    def url(self, path: str) -> str:
        return f"{self._server.names.url_here}{path}"

    def serve(self) -> None:
        """Until a KeyboardInterrupt."""
        with self._server:
            self._server.serve_forever()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    names: Names
    connect: Callable[[], socket.socket]

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser or a gateway that hangs up is nothing to tell."""


def _door(target: HomeTarget, host: str) -> Callable[[], socket.socket]:
    """How the gateway is reached, by HTTPS where it has it: the way from the browser is plain HTTP on the loopback and
    inside of SSH, and the gateway must not send it elsewhere."""
    return lambda: target.drivers.gateway.door.connect(host, timeout=CONNECT_WITHIN)


def _listen(wanted: int, connect: Callable[[], socket.socket]) -> _Server:
    """On the gateway's own port, so that URLs look the same; on a free one where that is taken, or root's."""
    try:
        server = _Server((HERE, wanted), _Visit)
    except OSError:
        server = _Server((HERE, 0), _Visit)
    server.connect = connect
    return server


class _Visit(socketserver.BaseRequestHandler):
    """One request, its answer, and whatever follows."""

    def handle(self) -> None:
        browser, server = cast(socket.socket, self.request), cast(_Server, self.server)
        head = _head(browser)
        if not head:
            return
        try:
            gateway = server.connect()
        except OSError as error:
            browser.sendall(UNREACHABLE + f"homeport: the server does not answer: {error}\n".encode())
            return
        with gateway:
            gateway.settimeout(None)
            gateway.sendall(_first(head, server.names.asked))
            threading.Thread(target=_pass_on, args=(browser, gateway), daemon=True).start()
            browser.sendall(_first(_head(gateway), server.names.answered))
            _pass_on(gateway, browser)


def _head(connection: socket.socket) -> bytes:
    """What comes up to the end of the head, and perhaps more."""
    received = b""
    while END_OF_HEAD not in received and len(received) < LONGEST_HEAD:
        data = connection.recv(CHUNK)
        if not data:
            break
        received += data
    return received


def _first(received: bytes, rewritten: Callable[[bytes], bytes]) -> bytes:
    """With its head rewritten; all else as it is."""
    head, end, rest = received.partition(END_OF_HEAD)
    return rewritten(head + end) + rest if end else received


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)  # no browser asks with one half and listens with the other
