"""One OpenSSH connection to a server. Its own session is the kept shell; all else goes over it."""

import os
import shutil
import subprocess
from collections.abc import Callable

from homeport import sockets
from homeport.errors import HostUnreachable
from homeport.host.ssh import options
from homeport.host.ssh.address import SshAddress
from homeport.host.ssh.explain import (
    CHANGED_KEY,
    UNKNOWN_KEY,
    connection_lost,
    fingerprint,
    last_lines,
    no_shell,
    unreachable,
)
from homeport.host.ssh.shell import Answer, Greeting, Shell

GREETING_WITHIN = 15.0  # seconds, where nobody can be asked for a passphrase
FAILED, NOT_FOUND = 255, 127  # ssh's own return code, and a shell's for a missing bash
CONTROL_WITHIN = 15.0
END_WITHIN = 2.0
ENDING_WITHIN = 0.5  # where it may be whole, too


class Connection:
    """A running ssh. Raises HostUnreachable, with ssh's own words, as soon as ssh knows that it is cut.

    In a session of its own, so that Ctrl-C on the terminal does not cut it while terraform still ends. When
    this process is killed, its pipes close, and with them the remote bash and the connection.
    """

    def __init__(self, address: SshAddress) -> None:
        self.address = address
        self.folder = sockets.make_folder()
        self._control = self.folder / "ctl"
        self._log = self.folder / "log"
        self._is_closed = False
        try:
            self._process = self._start(is_interactive=os.isatty(0))
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        self._shell = Shell(self._process)

    def greet(self) -> Greeting:
        """Wait until the server's bash answers. Raises HostUnreachable when it does not."""
        try:
            return self._shell.greet(None if os.isatty(0) else GREETING_WITHIN)
        except (EOFError, BrokenPipeError) as error:
            self._has_ended(END_WITHIN)
            raise self._not_let_in() from error
        except TimeoutError as error:
            raise unreachable(self.address, f"{self.words()}\nThe login timed out.") from error

    def _not_let_in(self) -> HostUnreachable:
        words = self.words()
        if UNKNOWN_KEY in words and CHANGED_KEY not in words:
            words = "\n".join(filter(None, (words, self._fingerprint())))
        elif self._process.poll() not in (None, FAILED, NOT_FOUND):
            return no_shell(self.address)
        return unreachable(self.address, words)

    def _fingerprint(self) -> str:
        """Asked for once more, in detail: at its usual level ssh refuses an unknown key without showing it."""
        try:
            asked = subprocess.run(
                options.question(self.address), stdin=subprocess.DEVNULL, capture_output=True, timeout=GREETING_WITHIN
            )
        except subprocess.TimeoutExpired:
            return ""
        return fingerprint(asked.stderr.decode(errors="replace"))

    def ask(self, *command: str) -> Answer:
        """A question to the kept shell."""
        return self._shelled(lambda: self._shell.ask(*command))

    def send(self, *command: str, data: bytes) -> Answer:
        """A question to the kept shell that comes with bytes."""
        return self._shelled(lambda: self._shell.send(*command, data=data))

    def session(self, command: str) -> list[str]:
        """The command line of a further session."""
        self.check()
        return options.session(self.address, self._control, command)

    def session_at_terminal(self, command: str) -> list[str]:
        """The same with a terminal on the server, which is joined to this process's."""
        self.check()
        return options.session_at_terminal(self.address, self._control, command)

    def control(self, *arguments: str) -> str:
        """Ask the connection for something; returns "" or why it refused."""
        self.check()
        asked = subprocess.run(
            options.control_command(self.address, self._control, *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=CONTROL_WITHIN,
            start_new_session=True,
        )
        if asked.returncode == 0:
            return ""
        self.check()
        return last_lines(f"{self.words()}\n{asked.stderr}") or _ended_with(asked.returncode)

    def check(self) -> None:
        """Raises HostUnreachable if the connection has ended."""
        if self._is_closed:
            raise HostUnreachable(f"The connection to {self.address} was closed.")
        if not self.is_open():
            raise self.lost()

    def is_open(self) -> bool:
        """Whether ssh still runs."""
        return self._process.poll() is None

    def check_soon(self) -> None:
        """As `check`, when something over the connection failed and it may itself be ending just now."""
        if self._has_ended(ENDING_WITHIN):
            raise self.lost()

    def lost(self) -> HostUnreachable:
        code = self._process.poll()
        return connection_lost(self.address, self.words() or ("" if code is None else _ended_with(code)))

    def words(self) -> str:
        """What ssh has said so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def close(self, *, is_inherited: bool = False) -> None:
        """End the connection. If a child still holds a lock over it, it ends by itself after that child."""
        if self._is_closed:
            return
        self._is_closed = True
        self._shell.close()
        if not is_inherited:
            self._process.terminate()
            self._kill_after(END_WITHIN)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, *, is_interactive: bool) -> subprocess.Popen[bytes]:
        try:
            with self._log.open("wb") as log:
                return subprocess.Popen(
                    options.master(self.address, self._control, is_interactive=is_interactive),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=options.environment(self.folder, is_interactive=is_interactive),
                    start_new_session=True,
                )
        except FileNotFoundError as error:
            raise HostUnreachable(
                f"{self.address} needs ssh, and there is none on this machine.",
                next_step="Install the OpenSSH client (Debian, Ubuntu: sudo apt install openssh-client).",
            ) from error

    def _shelled(self, question: Callable[[], Answer]) -> Answer:
        self.check()
        try:
            return question()
        except (EOFError, BrokenPipeError, TimeoutError) as error:
            self._has_ended(END_WITHIN)
            raise self.lost() from error

    def _has_ended(self, seconds: float) -> bool:
        """Whether ssh has ended, given the moment that it takes from a closed pipe to its last words."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _kill_after(self, seconds: float) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _ended_with(code: int) -> str:
    return f"ssh ended with {code}"
