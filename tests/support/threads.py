"""Threads that go on for as long as a context lasts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


@contextmanager
def going_on(ended: threading.Event, targets: Iterable[Callable[[], None]]) -> Iterator[None]:
    """Each target in a thread of its own. At the end they are told by `ended`, and waited for."""
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
