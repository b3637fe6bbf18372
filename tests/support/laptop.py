"""A client of an ssh server: the command line where no engine, no folder and no port of the server is."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.command_line import PATIENCE, CommandLine
from tests.support.installation import Installation
from tests.support.running import Running
from tests.support.ssh_server import SshServer

# Three requests of a client that would keep its connection alive, as browsers would.
ASK = """
import http.client, sys
name = sys.argv[1].split("/")[2]
connection = http.client.HTTPConnection("127.0.0.1", int(name.partition(":")[2]))
for method in ("GET", "POST", "GET"):
    connection.request(method, "/", body="x" * 100_000 if method == "POST" else None, headers={"Host": name})
    answer = connection.getresponse()
    print(answer.status, answer.read().decode().strip(), answer.headers["seen-proto"])
"""


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

    @contextmanager
    def opened(self, application: Path) -> Iterator[str]:
        """The URL that `open` prints there, for as long as it leads to the server; ended as a person ends it."""
        running = Running(self.start("open", "--no-browser", cwd=application))
        try:
            running.wait_for("until Ctrl-C")
            yield next(line.strip() for line in running.lines if line.startswith("http"))
        finally:
            running.signal_command(signal.SIGINT)
            assert 130 == running.wait()

    def ask(self, url: str) -> list[str]:
        """What a browser there gets for three requests: status, version, and how the application was asked."""
        return self.run([sys.executable, "-c", ASK, url]).splitlines()

    def _prefix(self) -> list[str]:
        """Blind for the folders of all installations: this one's may be still to be made."""
        folders = self.installation.server_folder.parent
        folders.mkdir(parents=True, exist_ok=True)
        return self.server.prefix([folders])
