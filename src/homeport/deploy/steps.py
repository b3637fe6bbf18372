"""How long each step of a release took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from homeport.releases.record import Step


class Steps:
    """A stopwatch with named laps. Times are seconds."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.taken: list[Step] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what happens in the context, also when it fails."""
        started = time.monotonic()
        failed = True
        try:
            yield
            failed = False
        finally:
            self.taken.append(Step(name, round(time.monotonic() - started, 3), failed))

    def seconds(self) -> float:
        """Since the first moment."""
        return round(time.monotonic() - self._started, 3)
