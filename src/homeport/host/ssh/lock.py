"""Locks of a server, each held by a session of the connection: a dead or cut-off holder holds nothing."""

import os
import select
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from homeport.errors import HomeportError
from homeport.host import holder as holders
from homeport.host.failures import absolute, file_failed
from homeport.host.protocol import Lock
from homeport.host.ssh import heartbeat
from homeport.host.ssh.connection import Connection
from homeport.host.ssh.explain import last_lines
from homeport.host.ssh.reader import Reader

TAKEN = 75  # flock's return code when another holds the lock
ANSWER_WITHIN = 15.0  # seconds, beside the time that flock itself may wait
RELEASE_WITHIN = 5.0
# The server lets go of the lock after this time without a heartbeat. Longer than ssh needs to notice a dead
# link (15 s): the client must know first, and stop what it does under the lock.
PATIENCE = 30
HOLD = (
    'printf "%s\\n%s\\n" "$0" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$1"; printf "\\nlocked\\n"; '
    f"while read -r -t {PATIENCE} _; do :; done"
)


class RemoteLock:
    """A session that holds a flock for as long as its standard input is open and beats.

    Our end of that input is the descriptor: the heartbeat goes on, and the lock is held, until the last
    process that has it ended.
    """

    def __init__(self, connection: Connection, path: str, holder: str, wait: float) -> None:
        self.holder = holder
        self._connection = connection
        command = connection.session(_command(path, holder, wait))
        self._far_end, self._descriptor = os.pipe()
        self._heartbeat = subprocess.Popen(
            [sys.executable, "-I", "-S", heartbeat.__file__],
            stdin=self._far_end,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._heartbeat.stdout is not None
        self._session = _start(command, self._heartbeat.stdout.fileno())
        self._heartbeat.stdout.close()  # the session's now

    def is_held(self) -> bool:
        return self._descriptor >= 0 and self._connection.is_open() and self.is_session_open()

    def descriptor(self) -> int:
        return self._descriptor

    def wait_until_held(self, seconds: float) -> tuple[int | None, str]:
        """None once it is held; else flock's return code and the words of the server."""
        assert self._session.stdout is not None and self._session.stderr is not None
        reader = Reader(self._session.stdout.fileno())
        try:
            while reader.line(seconds) != b"locked":
                pass  # what a .bashrc prints
        except EOFError:
            words = self._session.stderr.read().decode(errors="replace")
            return self._session.wait(), words
        return None, ""

    def release(self) -> bool:
        """Let go. False when a child still has the descriptor: then the lock ends with that child."""
        os.close(self._descriptor)
        self._descriptor = -1
        if self._is_inherited():
            return False
        self._end()
        return True

    def is_session_open(self) -> bool:
        return self._session.poll() is None

    def abandon(self) -> None:
        """End the session before it holds the lock, or when nobody may have it."""
        self._session.kill()
        self.release()

    def _is_inherited(self) -> bool:
        """A pipe hangs up for its reader when nobody is left who could write."""
        poll = select.poll()
        poll.register(self._far_end, 0)
        return not poll.poll(0)

    def _end(self) -> None:
        try:
            self._session.wait(RELEASE_WITHIN)
        except subprocess.TimeoutExpired:
            self._session.kill()
            self._session.wait()
        self._heartbeat.wait()
        for pipe in (self._session.stdout, self._session.stderr):
            if pipe is not None:
                pipe.close()
        os.close(self._far_end)


class Locks:
    """The locks that this process takes over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._inherited: list[RemoteLock] = []

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

    def _acquire(self, path: str, holder: str, wait: float) -> RemoteLock:
        lock = RemoteLock(self._connection, path, holder, wait)
        try:
            code, words = lock.wait_until_held(wait + ANSWER_WITHIN)
            if code is None:
                return lock
            raise self._refusal(path, code, words)
        except TimeoutError as error:
            lock.abandon()
            raise self._connection.lost() from error
        except BaseException:
            lock.abandon()
            raise

    def _release(self, lock: RemoteLock) -> None:
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


def _command(path: str, holder: str, wait: float) -> str:
    """The session's command line. flock waits on the server: no polling."""
    patience = f"-w {wait:.3f}" if wait else "-n"
    words = [path, "bash", "--norc", "-c", HOLD, holders.one_line(holder), holders.holder_path(path)]
    folder = shlex.quote(str(Path(path).parent))
    return f"umask 077; mkdir -p -- {folder} && exec flock -x {patience} -E {TAKEN} {shlex.join(words)}"


def _start(command: list[str], stdin: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
