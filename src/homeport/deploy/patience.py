"""What was just started is asked until it answers."""

import time
from collections.abc import Callable
from datetime import timedelta

from homeport.errors import HomeportError

READY_WITHIN = timedelta(seconds=60)
POLL = 0.1  # seconds


def until_it_answers(ask: Callable[[], object]) -> None:
    """Ask again and again; the last refusal is raised when there is nothing else in time."""
    until = time.monotonic() + READY_WITHIN.total_seconds()
    while True:
        try:
            ask()
        except (HomeportError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(POLL)
        else:
            return
