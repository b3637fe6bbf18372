"""Requests that take their time: which of them are cut, and when others are not let in."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SLOW = "/slow?seconds=3"
TAKEN = 1.5  # seconds after which a request that was not refused was in flight


@dataclass
class SlowRequests:
    """Requests of three seconds, each on a connection of its own. `answered` are (sent, answered) of those that were;
    `cut` says how those ended that had been taken and got no answer; `refused` is when others were not let in."""

    port: int
    host: str
    answered: list[tuple[float, float]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, threads: int = 6) -> Iterator[None]:
        asking = [threading.Thread(target=self._ask_on) for _ in range(threads)]
        for thread in asking:
            thread.start()
            time.sleep(3 / threads)
        try:
            yield
        finally:
            self.ended.set()
            for thread in asking:
                thread.join()

    def _ask_on(self) -> None:
        while not self.ended.is_set():
            sent = time.monotonic()
            try:
                status = self._ask()
            except (OSError, http.client.HTTPException) as error:
                self._failed(sent, repr(error))
            else:
                self.answered.append((sent, time.monotonic()))
                if status != 200:
                    self.cut.append(f"status {status}")

    def _failed(self, sent: float, reason: str) -> None:
        if time.monotonic() - sent > TAKEN:
            self.cut.append(reason)
        else:
            self.refused.append(sent)
            time.sleep(0.05)

    def _ask(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", SLOW, headers={"Host": self.host, "Connection": "close"})
            return connection.getresponse().status
        finally:
            connection.close()
