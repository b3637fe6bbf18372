"""Locks of this machine: the kernel's flock on an open file."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from homeport.host import holder as holders
from homeport.host.failures import absolute, file_failed
from homeport.host.local.files import make_parents
from homeport.host.protocol import Lock

PAUSE = 0.05  # seconds between two tries


class LocalLock:
    """A held flock. It belongs to the open file: a child which inherits the descriptor holds it too."""

    def __init__(self, descriptor: int, holder: str) -> None:
        self.holder = holder
        self._descriptor = descriptor

    def is_held(self) -> bool:
        return self._descriptor >= 0

    def descriptor(self) -> int:
        return self._descriptor

    def release(self) -> None:
        """Close our descriptor. Not LOCK_UN: that would take the lock from our children as well."""
        os.close(self._descriptor)
        self._descriptor = -1


@contextmanager
def take(path: str, holder: str, wait: timedelta) -> Iterator[Lock]:
    """Hold the lock file at `path`. Raises Locked when it is still taken after `wait`."""
    lock = LocalLock(_acquire(absolute(path), time.monotonic() + wait.total_seconds()), holder)
    try:
        _name_holder(path, holder)
        yield lock
    finally:
        lock.release()


def _acquire(path: str, deadline: float) -> int:
    descriptor = _open(path)
    try:
        while not _try(descriptor):
            if time.monotonic() >= deadline:
                raise holders.locked(path, _read_holder(path))
            time.sleep(PAUSE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _open(path: str) -> int:
    try:
        make_parents(Path(path))
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise file_failed("this machine", path, "locked", error.strerror or str(error)) from error


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name_holder(path: str, holder: str) -> None:
    beside = holders.holder_path(path)
    try:
        Path(beside).write_bytes(holders.render(holder))
    except OSError as error:
        raise file_failed("this machine", beside, "written", error.strerror or str(error)) from error


def _read_holder(path: str) -> bytes:
    try:
        return Path(holders.holder_path(path)).read_bytes()
    except FileNotFoundError:  # the holder has the lock and has not yet written its name
        return b""
