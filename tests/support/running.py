"""A command of ours that runs: its lines as they come, the Terraform under it, and the signals that reach either."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0  # seconds for one moment to come
POLL = 0.01


def wait_until(is_so: Callable[[], bool], what: str, seen: Callable[[], str] = str, patience: float = PATIENCE) -> None:
    """Until it is so; `seen` is what there is to show when it never comes."""
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, f"never came: {what}\n{seen()}"
        time.sleep(POLL)


@dataclass
class Running:
    """`process` must have been started in a session of its own, both outputs in one pipe."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for(self, text: str, *, times: int = 1, patience: float = PATIENCE) -> None:
        """Until so many lines with the text were said."""

        def is_said() -> bool:
            said = sum(text in line for line in list(self.lines))
            assert said >= times or self._reader.is_alive(), f"ended without {text!r}:\n{self.output}"
            return said >= times

        wait_until(is_said, repr(text), lambda: self.output, patience)

    def wait(self, patience: float = PATIENCE) -> int:
        """Its return code, once it has ended and all that it said is read."""
        code = self.process.wait(patience)
        self._reader.join()
        return code

    # -------------------------------------------------------------- signals

    def terraform(self) -> int | None:
        """The process id of the Terraform under the command: its child that leads a session, and no ssh."""
        children = [pid for pid in _processes() if _parent(pid) == self.process.pid]
        return next((pid for pid in children if _leads_session(pid) and _is_terraform(pid)), None)

    def signal_terraform(self, number: signal.Signals) -> None:
        if (pid := self.terraform()) is not None:
            os.killpg(pid, number)

    def signal_command(self, number: signal.Signals) -> None:
        """To its whole group, as a terminal does; Terraform is in another one."""
        os.killpg(self.process.pid, number)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int:
    """0 for a process that has just ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _is_terraform(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        return any(name in words for name in (b"terraform", b"tofu"))
    except (FileNotFoundError, ProcessLookupError):
        return False


def _leads_session(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False
