"""A command in a terminal, and a person who types."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.running import wait_until

PATIENCE = 60  # seconds for a command to end


@dataclass
class PseudoTerminal:
    """`process` runs in it; `shown` is all that it has shown, `modes` what the terminal was set to before."""

    process: subprocess.Popen[bytes]
    outside: int
    inside: int
    modes: list[Any]
    shown: bytearray = field(default_factory=bytearray)

    def types(self, keys: str) -> None:
        os.write(self.outside, keys.encode())

    def shows(self, text: str) -> None:
        """Wait until it does."""
        wait_until(lambda: text.encode() in self.shown, repr(text), lambda: self.shown.decode(errors="replace"))

    def has_size(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.outside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGWINCH)

    def is_raw(self) -> bool:
        return not termios.tcgetattr(self.inside)[3] & termios.ICANON

    def is_as_before(self) -> bool:
        return self.modes == termios.tcgetattr(self.inside)

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def read(self) -> None:
        """All that is shown, until nobody is left who could show anything."""
        while True:
            try:
                data = os.read(self.outside, 65536)
            except OSError:
                return
            if not data:
                return
            self.shown += data


@contextmanager
def in_terminal(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], rows: int = 24, columns: int = 80
) -> Iterator[PseudoTerminal]:
    """The command in a terminal of its own, which is its controlling one."""
    outside, inside = pty.openpty()
    fcntl.ioctl(outside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    modes = termios.tcgetattr(inside)
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**environment, "TERM": "xterm"},
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    terminal = PseudoTerminal(process, outside, inside, modes)
    reader = threading.Thread(target=terminal.read, daemon=True)
    reader.start()
    try:
        yield terminal
    finally:
        process.kill()
        process.wait()
        os.close(inside)
        reader.join(PATIENCE)
        os.close(outside)
