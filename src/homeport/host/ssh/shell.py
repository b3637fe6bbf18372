"""The kept shell: one bash on the server that carries files, in a few milliseconds each."""

import base64
import secrets
import shlex
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from homeport.host.ssh.reader import Reader

SCRIPT = Path(__file__).with_name("shell.bash")
PATIENCE = 60.0  # seconds for one answer; a dead connection is noticed by ssh itself long before


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the server says of itself when the shell is ready."""

    uid: int
    login: str
    home: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command of the kept shell ended, and its words on standard error."""

    returncode: int
    stdout: bytes
    words: str


class Shell:
    """Speaks with the bash behind a process's pipes. It answers in the order of the questions, so a thread may ask
    while others wait for their answers: each is a way to the server and back.

    Raises EOFError, TimeoutError or BrokenPipeError when there is nobody to answer any more.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the kept shell needs both pipes")
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._reader = Reader(process.stdout.fileno())
        self._asking = threading.Lock()
        self._last = threading.Event()  # the turn of the newest question is over
        self._last.set()
        self._is_in_step = True

    def greet(self, seconds: float | None) -> Greeting:
        """Send the script and wait until bash has read it; what a .bashrc prints before is passed over."""
        mark = f"homeport-{secrets.token_hex(8)}"
        ready = f'printf \'\\n%s %d %s %s\\n\' {mark} "$EUID" "$(id -un)" "$HOME"\n'
        self._send(SCRIPT.read_bytes() + ready.encode())
        while not (line := self._reader.line(seconds)).startswith(mark.encode()):
            pass
        _, uid, login, home = line.decode(errors="surrogateescape").split(" ", 3)
        return Greeting(int(uid), login, home)

    def ask(self, *command: str) -> Answer:
        """Run one of the script's functions, or a program, without any input."""
        return self._exchange(f"answer {shlex.join(command)} </dev/null\n")

    def send(self, *command: str, data: bytes) -> Answer:
        """Run one that reads `data` and the line that ends it from its input, and has no output."""
        return self._exchange(f"report {shlex.join(command)}\n", data, b"whole\n")

    def _exchange(self, line: str, *data: bytes) -> Answer:
        mine = threading.Event()
        try:
            before = self._asked(mine, line.encode(errors="surrogateescape"), *data)
            before.wait()
            self._stay_in_step()
            return self._answer()
        except BaseException:
            self._is_in_step = False  # interrupted half way: the next answer is not the next one's
            raise
        finally:
            mine.set()

    def _asked(self, mine: threading.Event, *parts: bytes) -> threading.Event:
        """Send a question; returns the turn before it."""
        with self._asking:
            self._stay_in_step()
            self._send(*parts)
            before, self._last = self._last, mine
        return before

    def _stay_in_step(self) -> None:
        if not self._is_in_step:
            raise EOFError

    def _answer(self) -> Answer:
        stdout = base64.b64decode(self._reader.line(PATIENCE))
        code, length = self._reader.line(PATIENCE).split()
        words = self._reader.exactly(int(length), PATIENCE)
        return Answer(int(code), stdout, words.decode(errors="replace"))

    def _send(self, *parts: bytes) -> None:
        for part in parts:
            self._stdin.write(part)
        self._stdin.flush()

    def close(self) -> None:
        """Let bash end: its input closes."""
        self._is_in_step = False
        with suppress(BrokenPipeError):  # it has ended before
            self._stdin.close()
        self._stdout.close()
