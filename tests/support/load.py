"""A small, steady load through a gateway, on connections that are kept alive."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from tests.support.https import SecureConnection
from tests.support.threads import going_on

PAUSE = 0.02  # seconds between two requests
PATIENCE = 20.0  # seconds for one answer


@dataclass
class Load:
    """One thread for each path, with HTTPS where certificates are `trusted`.

    `failures` are all that was no 200, in words; `versions` what each path answered.
    """

    port: int
    host: str
    paths: Sequence[str]
    trusted: str = ""
    failures: list[str] = field(default_factory=list)
    versions: dict[str, set[str]] = field(default_factory=dict)
    answers: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Load]:
        with going_on(self.ended, [partial(self._ask_on, path) for path in self.paths]):
            yield self

    def _ask_on(self, path: str) -> None:
        connection = self._connection()
        seen = self.versions.setdefault(path, set())
        while not self.ended.wait(PAUSE):
            try:
                seen.add(self._ask(connection, path))
                self.answers += 1
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{path}: {error!r}")
                connection.close()
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.trusted:
            return SecureConnection(self.port, self.host, self.trusted, PATIENCE)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> str:
        connection.request("GET", path, headers=self._headers())
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        if answer.status != 200:
            self.failures.append(f"{path}: {answer.status} {body}")
        return body.strip()

    def _headers(self) -> Mapping[str, str]:
        return {"Host": self.host}
