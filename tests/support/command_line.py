"""homeport's command line, run to its end or started, wherever it is."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

PATIENCE = 180  # seconds for one command


class CommandLine(ABC):
    """A place says where its command line is called, with what words and what environment."""

    @abstractmethod
    def command(self, *arguments: str) -> list[str]: ...

    @abstractmethod
    def environment(self) -> dict[str, str]: ...

    @abstractmethod
    def workplace(self) -> Path:
        """The folder in which it is called where none is named."""

    def homeport(
        self,
        *arguments: str,
        cwd: Path | None = None,
        stdin: str = "",
        returncode: int | None = 0,
        patience: float = PATIENCE,
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end, within `patience` seconds; `returncode` None accepts any."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.workplace(),
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=patience,
        )
        if returncode is not None:
            assert returncode == done.returncode, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *arguments: str, cwd: Path, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        """Start it in a process group of its own, both outputs in one pipe."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=cwd,
            env=self.environment(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
