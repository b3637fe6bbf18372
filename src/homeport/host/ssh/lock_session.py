"""A session of the connection that holds locks on the server, and the bash at its other end."""

import os
import select
import shlex
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from homeport.host import holder as holders
from homeport.host.ssh import heartbeat
from homeport.host.ssh.connection import Connection
from homeport.host.ssh.reader import Reader

OURS, REFUSED = "ours", "refused"  # what the session answers, and the number of the question
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
take() {{ try "$@" 2>/dev/null && echo "{OURS} $3" || {{ drop "$1"; echo "{REFUSED} $3"; }}; }}
drop() {{ local fd=${{held[$1]}}; [ -z "$fd" ] || exec {{fd}}>&-; held[$1]=; }}
[ -z "$1" ] || name "$1" "$0"
printf "\\nready\\n"
while read -r -t {PATIENCE} ask; do eval "$ask"; done
"""
PREPARED = f"umask 077; exec {shlex.join(['bash', '--norc', '-c', HOLD, 'homeport', ''])}"


class RemoteLock:
    """A session that holds a flock for as long as its standard input is open and beats.

    Our end of that input is the descriptor: the heartbeat goes on, and the lock is held, until the last
    process that has it ended. `command` takes the lock, or is ready to (`PREPARED`).
    """

    def __init__(self, connection: Connection, command: str, holder: str) -> None:
        session = connection.session(command)
        self.holder = holder
        self._connection = connection
        self._asked = 0
        self._far_end, self._descriptor = os.pipe()
        self._heartbeat = subprocess.Popen(
            [sys.executable, "-I", "-S", heartbeat.__file__],
            stdin=self._far_end,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._heartbeat.stdout is not None
        self._session = _start(session, self._heartbeat.stdout.fileno())
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
            while self._reader.line(seconds) != b"ready":
                pass  # what a .bashrc prints
        except EOFError:
            words = self._session.stderr.read().decode(errors="replace")
            return self._session.wait(), words
        return None, ""

    def take(self, path: str, holder: str) -> bool:
        """Whether a prepared session now holds this lock as its own, which nobody else had."""
        self.holder = holder
        return self.take_further(path, holder)

    def take_further(self, path: str, holder: str) -> bool:
        """Whether the session now holds this lock too, which nobody else had."""
        with self._turn, suppress(EOFError, OSError):  # what happened is found by whoever asks next
            self._asked += 1
            self._tell("take", path, holders.one_line(holder), str(self._asked))
            try:
                return self._answer() == OURS
            except TimeoutError:  # it may have it yet, and nobody would know
                self._tell("drop", path)
        return False

    def _answer(self) -> str:
        """Of the last question. What else comes is printed by a .bashrc, or answers a question nobody waits for."""
        while (said := self._reader.line(ANSWER_WITHIN).decode(errors="replace").split()) not in (
            [OURS, str(self._asked)],
            [REFUSED, str(self._asked)],
        ):
            pass
        return said[0]

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


def taking(path: str, holder: str, wait: float) -> str:
    """The session's command line. flock waits on the server: no polling."""
    patience = f"-w {wait:.3f}" if wait else "-n"
    words = [path, "bash", "--norc", "-c", HOLD, holders.one_line(holder), path]
    folder = shlex.quote(str(Path(path).parent))
    return f"umask 077; mkdir -p -- {folder} && exec flock -x {patience} -E {TAKEN} {shlex.join(words)}"


def _start(command: list[str], stdin: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
