"""Terraform's state, served to it over HTTP by this process and kept wherever a target keeps it.

The address and the password change with every run and are given by environment variables only, so nothing of them is
in a file of Terraform's. Source: Terraform, "Backend type: http".

Terraform and OpenTofu go on with each other's state: OpenTofu takes addresses in Terraform's registry for those in its
own, and Terraform is given them so.
"""

import base64
import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Protocol

from homeport.errors import HomeportError

USER = "homeport"
OPENTOFU = re.compile(rb'("provider": ?"(?:[^"\\]|\\.)*?provider\[\\")registry\.opentofu\.org/')

Failed = Callable[[HomeportError], None]


class StateStore(Protocol):
    """Where a root's state is kept, with its history."""

    def read(self) -> bytes | None:
        """The newest state; None before the first."""
        ...

    def write(self, state: bytes) -> None:
        """Keep a further state; it is on disk when this returns."""
        ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, store: StateStore, password: str, failed: Failed) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = store
        self.failed = failed
        self.authorization = "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()
        self.holder: bytes | None = None
        self.guard = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self._allowed() and (state := self._kept(self.server.store.read)) is not False:
            self._answer(200 if state else 404, for_terraform(state or b""))

    def do_POST(self) -> None:
        body = self._body()
        if self._allowed() and self._kept(lambda: self.server.store.write(body)) is not False:
            self._answer(200)

    def do_LOCK(self) -> None:
        """One Terraform at a time; other processes are kept out by the host's own lock."""
        body = self._body()
        if not self._allowed():
            return
        with self.server.guard:
            holder, self.server.holder = self.server.holder, self.server.holder or body
        self._answer(423 if holder else 200, holder or b"")

    def do_UNLOCK(self) -> None:
        self._body()
        if self._allowed():
            self.server.holder = None
            self._answer(200)

    def _kept(self, ask: Callable[[], bytes | None]) -> bytes | Literal[False] | None:
        """What the store says; False when it cannot be asked: Terraform is told, and keeps the state itself."""
        try:
            return ask()
        except HomeportError as error:
            self.server.failed(error)
            self._answer(503, str(error).encode())
            return False

    def _allowed(self) -> bool:
        given = self.headers.get("Authorization", "")
        allowed = hmac.compare_digest(given.encode(), self.server.authorization.encode())
        if not allowed:
            self._answer(401)
        return allowed

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Requests are not logged: standard error is the person's terminal."""


@contextmanager
def serve_state(store: StateStore, failed: Failed = lambda error: None) -> Iterator[dict[str, str]]:
    """Serve a root's state until the context ends; gives the variables that an empty `backend "http" {}` reads.

    `failed` is told why a state could not be read or kept: Terraform says only that it could not.
    """
    password = secrets.token_urlsafe(32)
    server = _Server(store, password, failed)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/state"
    try:
        yield {
            "TF_HTTP_ADDRESS": address,
            "TF_HTTP_LOCK_ADDRESS": address,
            "TF_HTTP_UNLOCK_ADDRESS": address,
            "TF_HTTP_USERNAME": USER,
            "TF_HTTP_PASSWORD": password,
            "TF_HTTP_RETRY_MAX": "0",
        }
    finally:
        server.shutdown()
        server.server_close()


def for_terraform(state: bytes) -> bytes:
    """A state with every provider at its address in Terraform's registry, also where OpenTofu wrote it."""
    return OPENTOFU.sub(rb"\1registry.terraform.io/", state)


def follows(state: bytes, present: bytes | None) -> bool:
    """Whether a state is a later one of the present state's own line."""
    lineage, serial = _line(state)
    if present is None:
        return serial >= 0
    known, reached = _line(present)
    return lineage == known and serial > reached


def _line(state: bytes) -> tuple[str, int]:
    """Lineage and serial number in a state file; no lineage and -1 when it is no state."""
    try:
        read = json.loads(state)
        return str(read["lineage"]), int(read["serial"])
    except (ValueError, KeyError, TypeError):
        return "", -1
