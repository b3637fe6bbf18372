"""A registry may say where a layer is, as ECR does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from homeport.errors import RegistryFailed
from homeport.host import Endpoint
from homeport.oci import Registry
from homeport.secret import Secret

BODY = b"a layer"
DIGEST = "sha256:" + "a" * 64


class Answering(BaseHTTPRequestHandler):
    """Layers are at the other server; `asked` keeps each request's path and login."""

    elsewhere = ""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        if place := self.server.elsewhere:  # type: ignore[attr-defined]
            self.send_response(307)
            self.send_header("Location", f"{place}/layer?signed=1")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(BODY)

    do_HEAD = do_PUT = do_GET  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Nothing on the terminal."""


@contextmanager
def answering(elsewhere: str = "") -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.asked, server.elsewhere = [], elsewhere  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def storage() -> Iterator[ThreadingHTTPServer]:
    with answering() as server:
        yield server


@pytest.fixture
def registry(storage: ThreadingHTTPServer) -> Iterator[Registry]:
    with answering(f"http://127.0.0.1:{storage.server_port}") as server:
        yield Registry(Endpoint("127.0.0.1", server.server_port), "AWS", Secret("token"))


def test_the_layer_is_read_there_without_the_login(registry: Registry, storage: ThreadingHTTPServer) -> None:
    """The address lets in by itself; the registry's password is for nobody else."""
    with registry.blob("api/x", DIGEST) as pieces:
        assert BODY == b"".join(pieces)
    assert [("/layer?signed=1", None)] == storage.asked  # type: ignore[attr-defined]


def test_its_size(registry: Registry) -> None:
    """It is that of the bytes that are there."""
    assert len(BODY) == registry.blob_size("api/x", DIGEST)


def test_nothing_is_kept_elsewhere(registry: Registry) -> None:
    """Only reading follows: what is to be kept goes to the registry that was asked, or nowhere."""
    from homeport.oci import Manifest

    with pytest.raises(RegistryFailed, match="refused to keep"):
        registry.put_manifest("api/x", DIGEST, Manifest(DIGEST, "", b"{}"))
