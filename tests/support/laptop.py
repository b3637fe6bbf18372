"""A client of an ssh server: the command line where no engine, no folder and no port of the server is."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.command_line import PATIENCE, CommandLine
from tests.support.installation import Installation
from tests.support.ssh_server import SshServer


@dataclass(frozen=True)
class Laptop(CommandLine):
    """It knows the server by its address only. Its commands are those of `Installation`, over SSH."""

    installation: Installation
    server: SshServer

    def environment(self) -> dict[str, str]:
        return {**self.installation.environment(), **self.server.environment(), "HOMEPORT_HOST": self.server.address}

    def command(self, *arguments: str) -> list[str]:
        return [*self._prefix(), *self.installation.command(*arguments)]

    def workplace(self) -> Path:
        return self.installation.folder

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
