"""Locks of a server, each held by a session of the connection: a dead or cut-off holder holds nothing."""

import os
import select
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
# Further locks are asked for on the same way, so that a short one costs no session of its own: see `Further`.
HOLD = f"""
declare -A held
name() {{ printf "%s\\n%s\\n" "$2" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$1.holder"; }}
try() {{
    local fd
    {{ [ -d "${{1%/*}}" ] || mkdir -p -- "${{1%/*}}"; }} && : >>"$1" && exec {{fd}}>>"$1" && held[$1]=$fd &&
        flock -n "$fd" && name "$@"
}}
take() {{ try "$@" 2>/dev/null && echo taken || {{ drop "$1"; echo refused; }}; }}
drop() {{ local fd=${{held[$1]}}; [ -z "$fd" ] || exec {{fd}}>&-; held[$1]=; }}
name "$1" "$0"; printf "\\nlocked\\n"
while read -r -t {PATIENCE} ask; do eval "$ask"; done
"""


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
        assert self._session.stdout is not None
        self._reader = Reader(self._session.stdout.fileno())
        self._turn = threading.Lock()

    def is_held(self) -> bool:
        return self._descriptor >= 0 and self._connection.is_open() and self.is_session_open()

    def descriptor(self) -> int:
        return self._descriptor

    def wait_until_held(self, seconds: float) -> tuple[int | None, str]:
        """None once it is held; else flock's return code and the words of the server."""
        assert self._session.stderr is not None
        try:
            while self._reader.line(seconds) != b"locked":
                pass  # what a .bashrc prints
        except EOFError:
            words = self._session.stderr.read().decode(errors="replace")
            return self._session.wait(), words
        return None, ""

    def take_further(self, path: str, holder: str) -> bool:
        """Whether the session now holds this lock too, which nobody else had."""
        with self._turn:
            self._tell("take", path, holders.one_line(holder))
            try:
                return self._reader.line(ANSWER_WITHIN) == b"taken"
            except (EOFError, TimeoutError):
                return False  # what happened to the connection is found by whoever asks it next

    def drop_further(self, path: str) -> None:
        with self._turn, suppress(OSError):  # a session that has ended holds nothing
            self._tell("drop", path)

    def _tell(self, *words: str) -> None:
        os.write(self._descriptor, f"{shlex.join(words)}\n".encode(errors="surrogateescape"))

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


class Further:
    """A lock that is held by the session of another one, and no longer than that one."""

    def __init__(self, first: RemoteLock, path: str, holder: str) -> None:
        self.holder = holder
        self._first = first
        self._path = path
        self._is_released = False

    def is_held(self) -> bool:
        return not self._is_released and self._first.is_held()

    def descriptor(self) -> int:
        return self._first.descriptor()

    def release(self) -> None:
        self._is_released = True
        self._first.drop_further(self._path)


class Locks:
    """The locks that this process takes over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._inherited: list[RemoteLock] = []
        self._first: RemoteLock | None = None
        self._further = 0  # locks that the first one's session holds beside its own
        self._fewer = threading.Condition(self._guard)

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
        return self._acquire_further(path, holder) or self._acquire_apart(path, holder, wait)

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
        lock = RemoteLock(self._connection, path, holder, wait)
        try:
            code, words = lock.wait_until_held(wait + ANSWER_WITHIN)
            if code is None:
                with self._guard:
                    self._first = self._first or lock
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


def _command(path: str, holder: str, wait: float) -> str:
    """The session's command line. flock waits on the server: no polling."""
    patience = f"-w {wait:.3f}" if wait else "-n"
    words = [path, "bash", "--norc", "-c", HOLD, holders.one_line(holder), path]
    folder = shlex.quote(str(Path(path).parent))
    return f"umask 077; mkdir -p -- {folder} && exec flock -x {patience} -E {TAKEN} {shlex.join(words)}"


def _start(command: list[str], stdin: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
