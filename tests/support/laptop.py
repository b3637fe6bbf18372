"""A client of an ssh server: the command line where no engine, no folder and no port of the server is."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.installation import PATIENCE, Installation
from tests.support.ssh_server import SshServer


@dataclass(frozen=True)
class Laptop:
    """It knows the server by its address only. Its commands are those of `Installation`, over SSH."""

    installation: Installation
    server: SshServer

    def environment(self) -> dict[str, str]:
        return {**self.installation.environment(), **self.server.environment(), "HOMEPORT_HOST": self.server.address}

    def command(self, *arguments: str) -> list[str]:
        return [*self._prefix(), *self.installation.command(*arguments)]

    def homeport(
        self, *arguments: str, cwd: Path | None = None, stdin: str = "", returncode: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line there to its end; `returncode` None accepts any."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.installation.folder,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if returncode is not None:
            assert returncode == done.returncode, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
        """Start the command line there, in a process group of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=cwd,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, command: Sequence[str]) -> str:
        """Any command there; its output."""
        return subprocess.run(
            [*self._prefix(), *command], capture_output=True, text=True, check=True, timeout=PATIENCE
        ).stdout

    def _prefix(self) -> list[str]:
        """Blind for the folders of all installations: this one's may be still to be made."""
        folders = self.installation.server_folder.parent
        folders.mkdir(parents=True, exist_ok=True)
        return self.server.prefix([folders])
