"""Locks of a server, each held by a session of the connection: a dead or cut-off holder holds nothing."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from homeport.errors import HomeportError
from homeport.host import holder as holders
from homeport.host.failures import absolute, file_failed
from homeport.host.protocol import Lock
from homeport.host.ssh.connection import Connection
from homeport.host.ssh.explain import last_lines
from homeport.host.ssh.lock_session import (
    ANSWER_WITHIN,
    PREPARED,
    RELEASE_WITHIN,
    TAKEN,
    Further,
    RemoteLock,
    taking,
)


class Locks:
    """The locks that this process takes over one connection. The first costs a session, which is some ways to the
    server and back: `prepare` opens it before it is known which lock that is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._inherited: list[RemoteLock] = []
        self._prepared: RemoteLock | None = None
        self._first: RemoteLock | None = None
        self._further = 0  # locks that the first one's session holds beside its own
        self._fewer = threading.Condition(self._guard)

    def prepare(self) -> None:
        """Open the first lock's session; nothing waits for it."""
        self._prepared = RemoteLock(self._connection, PREPARED, "")

    def close(self) -> None:
        """End a session that no lock was taken by."""
        if prepared := self._take_prepared():
            prepared.abandon()

    @contextmanager
    def take(self, path: str, holder: str, wait: timedelta) -> Iterator[Lock]:
        """Hold the lock file at `path`. Raises Locked when it is still taken after `wait`."""
        deadline = time.monotonic() + wait.total_seconds()
        turn = self._turn(absolute(path))
        if not turn.acquire(timeout=max(0.0, wait.total_seconds())):
            raise self._taken(path)
        try:
            lock = self._acquire(path, holder, max(0.0, deadline - time.monotonic()))
            try:
                yield lock
            finally:
                self._release(lock)
        finally:
            turn.release()

    def has_inherited(self) -> bool:
        """Whether a child still holds a lock that we have let go of."""
        return any(lock.is_session_open() for lock in self._inherited)

    def _turn(self, path: str) -> threading.Lock:
        """Threads that want the same lock wait here: sshd allows few sessions a connection."""
        with self._guard:
            return self._turns.setdefault(path, threading.Lock())

    def _acquire(self, path: str, holder: str, wait: float) -> RemoteLock | Further:
        return (
            self._acquire_further(path, holder)
            or self._acquire_prepared(path, holder)
            or self._acquire_apart(path, holder, wait)
        )

    def _acquire_prepared(self, path: str, holder: str) -> RemoteLock | None:
        """By the session that was opened for it; None when there is none, or when the lock has to be waited for."""
        if (prepared := self._take_prepared()) is None:
            return None
        if prepared.take(path, holder):
            self._remember(prepared)
            return prepared
        prepared.abandon()
        return None

    def _take_prepared(self) -> RemoteLock | None:
        with self._guard:
            prepared, self._prepared = self._prepared, None
        return prepared

    def _remember(self, lock: RemoteLock) -> None:
        with self._guard:
            self._first = self._first or lock

    def _acquire_further(self, path: str, holder: str) -> Further | None:
        """By the session that is there; None when there is none, or when the lock has to be waited for."""
        with self._guard:
            if (first := self._first) is None:
                return None
            self._further += 1
        if first.take_further(path, holder):
            return Further(first, path, holder)
        self._one_fewer()
        return None

    def _one_fewer(self) -> None:
        with self._guard:
            self._further -= 1
            self._fewer.notify_all()

    def _acquire_apart(self, path: str, holder: str, wait: float) -> RemoteLock:
        lock = RemoteLock(self._connection, taking(path, holder, wait), holder)
        try:
            code, words = lock.wait_until_held(wait + ANSWER_WITHIN)
            if code is None:
                self._remember(lock)
                return lock
            raise self._refusal(path, code, words)
        except TimeoutError as error:
            lock.abandon()
            raise self._connection.lost() from error
        except BaseException:
            lock.abandon()
            raise

    def _release(self, lock: RemoteLock | Further) -> None:
        if isinstance(lock, Further):
            lock.release()
            self._one_fewer()
            return
        with self._guard:
            if lock is self._first:
                self._first = None
                self._fewer.wait_for(lambda: not self._further, RELEASE_WITHIN)
        if not lock.release():
            self._inherited.append(lock)

    def _refusal(self, path: str, code: int, words: str) -> HomeportError:
        if code == TAKEN:
            return self._taken(path)
        self._connection.check_soon()
        reason = (last_lines(words, 1) or f"flock ended with {code}").rsplit(": ", 1)[-1]
        return file_failed(str(self._connection.address), path, "locked", reason)

    def _taken(self, path: str) -> HomeportError:
        return holders.locked(path, self._connection.ask("cat", holders.holder_path(path)).stdout)
