"""A Docker engine of a test's own, on a disk that can be full. This machine's engine is not touched: another network
namespace keeps the two apart, and each has its own folders."""

from __future__ import annotations

import ctypes
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import docker

from tests.support.installation import Installation
from tests.support.load import Load

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
PLENTY = 4 << 30  # bytes
PATIENCE = 60.0  # seconds for the engine to begin or end


@dataclass(frozen=True)
class OwnEngine:
    """`disk` is the engine's own folder: a file system in memory, whose size says what is free."""

    namespace: Path
    socket: str
    disk: Path

    def inside(self) -> list[str]:
        """The start of a command line whose process sees the ports that the engine publishes."""
        return ["nsenter", f"--net={self.namespace}"]

    def client(self) -> docker.APIClient:
        return docker.APIClient(base_url=self.socket, version="auto", timeout=120)

    def copy(self, images: Sequence[str]) -> None:
        """From this machine's engine."""
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saved:
            subprocess.run(
                ["docker", "--host", self.socket, "load", "--quiet"],
                stdin=saved.stdout,
                check=True,
                capture_output=True,
            )

    def leave(self, free: int) -> None:
        """So many bytes on the disk."""
        found = os.statvfs(self.disk)
        self._resize((found.f_blocks - found.f_bfree) * found.f_frsize + free)

    def grow(self) -> None:
        self._resize(PLENTY)

    def _resize(self, size: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", self.disk], check=True)


@dataclass
class InstallationThere(Installation):
    """An installation on an engine of a test's own."""

    engine: OwnEngine | None = None

    def command(self, *arguments: str) -> list[str]:
        assert self.engine is not None
        return [*self.engine.inside(), *super().command(*arguments)]


@dataclass
class LoadThere(Load):
    """A load on a gateway there."""

    namespace: Path = field(default_factory=Path)

    def _ask_on(self, path: str) -> None:
        with self.namespace.open("rb") as file:  # a thread's own: the others stay where they are
            assert 0 == ctypes.CDLL(None).setns(file.fileno(), NEW_NETWORK)
        super()._ask_on(path)


@contextmanager
def own_engine(folder: Path, name: str = "homeport-engine") -> Iterator[OwnEngine]:
    """An engine without an image. Needs root. At the end nothing of it is left."""
    disk, run = folder / "disk", folder / "run"
    for made in (disk, run):
        made.mkdir()
    engine = OwnEngine(Path("/run/netns") / name, f"unix://{run}/docker.sock", disk)
    with ExitStack() as stack:
        _run("ip", "netns", "add", name)
        stack.callback(_run, "ip", "netns", "del", name)
        _run("ip", "-n", name, "link", "set", "lo", "up")
        _run("mount", "-t", "tmpfs", "-o", f"size={PLENTY}", "none", str(disk))
        stack.callback(_run, "umount", "--recursive", str(disk))
        command = ["dockerd", f"--data-root={disk}", f"--exec-root={run}/exec", f"--pidfile={run}/docker.pid"]
        with (folder / "dockerd.log").open("wb") as log:
            started = subprocess.Popen(
                [*engine.inside(), *command, f"--host={engine.socket}"],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        stack.callback(_end, started)
        _wait_until_it_answers(engine)
        yield engine


def _wait_until_it_answers(engine: OwnEngine) -> None:
    deadline = time.monotonic() + PATIENCE
    while subprocess.run(["docker", "--host", engine.socket, "version"], capture_output=True, check=False).returncode:
        assert time.monotonic() < deadline, (engine.disk.parent / "dockerd.log").read_text()
        time.sleep(0.2)


def _end(started: subprocess.Popen[bytes]) -> None:
    started.terminate()
    started.wait(PATIENCE)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
