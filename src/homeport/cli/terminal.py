"""The person's end of a command in a container: standard input, both outputs, the terminal, Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeport.deploy.daily import Asked, Session

STDIN = 0
CHUNK = 65536
INTERRUPTED = 130
Handler = Callable[[int, FrameType | None], object]


def asked(command: Sequence[str], terminal: bool | None) -> Asked:
    """A command with a terminal or none, as asked for; else where there is one at both ends. The command must know
    what terminal it writes to."""
    from homeport.deploy.daily import Asked

    gets_one = os.isatty(STDIN) and os.isatty(sys.stdout.fileno()) if terminal is None else terminal
    variables = {"TERM": os.environ.get("TERM", "xterm")} if gets_one else {}
    return Asked(command, gets_one, variables, insists=bool(terminal))


def converse(session: Session) -> int:
    """Carry everything both ways until the command has ended; its exit code, 130 after Ctrl-C without a terminal."""
    with _ending(), _interrupting(session) as interrupted, _raw(session), _sized(session):
        threading.Thread(target=_feed, args=(session,), daemon=True).start()
        for stream, data in session.output():
            _write(stream, data)
        code = session.exit_code()
    return INTERRUPTED if interrupted.is_set() else code


def _feed(session: Session) -> None:
    try:
        while data := os.read(STDIN, CHUNK):
            session.send(data)
        session.end_input()
    except OSError:
        return  # the command ended before its input did


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@contextmanager
def _raw(session: Session) -> Iterator[None]:
    """Every key goes to the command's own terminal, Ctrl-C too."""
    if not (session.has_terminal and os.isatty(STDIN)):
        yield
        return
    before = termios.tcgetattr(STDIN)
    try:
        tty.setraw(STDIN)
        yield
    finally:
        with suppress(termios.error):  # it was closed
            termios.tcsetattr(STDIN, termios.TCSADRAIN, before)


@contextmanager
def _sized(session: Session) -> Iterator[None]:
    """The command's terminal is as large as ours, and stays so."""

    def resize(*signalled: object) -> None:
        size = _size()
        # In a thread: the main one may be in the middle of anything.
        threading.Thread(target=session.resize, args=(size.lines, size.columns), daemon=True).start()

    if not session.has_terminal:
        yield
        return
    with _handled(signal.SIGWINCH, resize):
        resize()
        yield


def _size() -> os.terminal_size:
    try:
        return os.get_terminal_size(sys.stdout.fileno())
    except OSError:  # --tty was asked for where there is none
        return os.terminal_size((80, 24))


@contextmanager
def _interrupting(session: Session) -> Iterator[threading.Event]:
    """The first Ctrl-C interrupts the command, whose last words are still shown; the second ends the waiting, too."""
    interrupted = threading.Event()

    def interrupt(*signalled: object) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        threading.Thread(target=session.interrupt, daemon=True).start()

    with _handled(signal.SIGINT, interrupt):
        yield interrupted


@contextmanager
def _ending() -> Iterator[None]:
    """A kill or a closed terminal is an exception, so that what was changed is put back and what was made removed."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    with _handled(signal.SIGTERM, end), _handled(signal.SIGHUP, end):
        yield


@contextmanager
def _handled(number: signal.Signals, handler: Handler) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
