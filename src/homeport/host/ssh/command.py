"""Commands on a server: each a further session of the connection."""

import secrets
import shlex
import subprocess
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from homeport.errors import HostUnreachable
from homeport.host.failures import command_too_slow
from homeport.host.protocol import Output
from homeport.host.ssh.connection import Connection
from homeport.host.ssh.explain import last_lines

AT_ONCE = 4  # sshd allows 10 sessions a connection; the kept shell and the locks need some
GRACE = 15.0  # seconds for the way there and back, and for a dead link to be noticed
SSH_FAILED = 255
# What a .bashrc prints comes before the mark; without the mark, the command was never started. Not `exec`:
# ssh gives 255 for a command that was killed, the shell 128 and the signal.
RUN = 'printf "\\n%s\\n" "$0"; timeout -k 2 "$@"; exit "$?"'
STOPPED = (124, 137)  # timeout's own return codes: it sent TERM, or KILL after that


class Commands:
    """Runs commands over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def run(self, command: Sequence[str], stdin: bytes, timeout: timedelta) -> Output:
        """Run it with a time limit that the server keeps too, so that nothing goes on there without us."""
        seconds = timeout.total_seconds()
        mark = f"homeport-{secrets.token_hex(8)}"
        words = shlex.join(["bash", "--norc", "-c", RUN, mark, f"{seconds:.3f}", *command])
        line = f"exec {words}"
        began = time.monotonic()
        with self._slots:
            ended = self._talk(line, stdin, seconds + GRACE, command[0])
        is_late = time.monotonic() - began >= seconds
        if is_late and ended.returncode in STOPPED:
            raise command_too_slow(str(self._connection.address), command[0], seconds)
        if ended.returncode == SSH_FAILED:
            self._connection.check_soon()
        _, is_started, stdout = ended.stdout.partition(f"\n{mark}\n".encode())
        if not is_started:
            raise self._not_started(ended.stderr)
        return Output(ended.returncode, stdout, ended.stderr)

    def attend(self, command: Sequence[str]) -> int:
        """Run it at a terminal of the server that is this process's own: Ctrl-C and a password go there."""
        ended = subprocess.run(self._connection.session_at_terminal(f"exec {shlex.join(command)}"), check=False)
        if ended.returncode == SSH_FAILED:
            self._connection.check_soon()
        return ended.returncode

    def _talk(self, line: str, stdin: bytes, seconds: float, program: str) -> Output:
        try:
            ended = subprocess.run(
                self._connection.session(line),
                input=stdin,
                capture_output=True,
                timeout=seconds,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            self._connection.check()
            raise command_too_slow(str(self._connection.address), program, seconds) from error
        return Output(ended.returncode, ended.stdout, ended.stderr)

    def _not_started(self, stderr: bytes) -> HostUnreachable:
        return HostUnreachable(
            f"{self._connection.address} did not open a session.",
            detail=last_lines(stderr.decode(errors="replace")),
            next_step="See MaxSessions in the server's sshd_config, and what the login's shell prints.",
        )
