"""Work of ours that a Ctrl-C ends at the next good place, and not in the middle."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM
from types import FrameType

from homeport.events import Emit, Event
from homeport.signals import handling


@contextmanager
def stoppable(emit: Emit, told: str = "nothing was changed yet") -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets: what is being built ends; `told` is how things are then."""
    stopped = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if not stopped.is_set():
            emit(Event("stop", "", f"stopping; {told}"))
        stopped.set()

    with handling((SIGINT, SIGTERM), handle):
        yield stopped
