"""Uploads to a registry, each of three requests, one after the other for as long as a context lasts."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.threads import going_on

UPLOADS = "/v2/api/uploaded/blobs/uploads/"
PIECES = 4  # of a blob, sent in half a second


@dataclass
class Uploads:
    """`done` are the digests of what was taken, `failed` says what was not."""

    port: int
    password: str
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, threads: int = 3) -> Iterator[Uploads]:
        with going_on(self.ended, [self._go_on] * threads):
            yield self

    def _go_on(self) -> None:
        while not self.ended.is_set():
            blob = os.urandom(1 << 16)
            digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
            try:
                self._upload(blob, digest)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
            else:
                self.done.append(digest)

    def _upload(self, blob: bytes, digest: str) -> None:
        place = self._ask("POST", UPLOADS, 202)["Location"]
        size = len(blob) // PIECES
        pieces = (blob[first : first + size] for first in range(0, len(blob), size))
        place = self._ask("PATCH", place, 202, _slowly(pieces), len(blob))["Location"]
        self._ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", 201)

    def _ask(
        self, method: str, path: str, expected: int, body: Iterator[bytes] | None = None, size: int = 0
    ) -> http.client.HTTPMessage:
        login = base64.b64encode(f"homeport:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Length": str(size)}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            if answer.status != expected:
                raise http.client.HTTPException(f"{method} {answer.status} {answer.read().decode(errors='replace')}")
            return answer.headers
        finally:
            connection.close()


def _slowly(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        time.sleep(0.5 / PIECES)
        yield piece
