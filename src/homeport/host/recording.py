"""A host for tests of other folders: files in memory, answers given beforehand, a record of what was run."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from homeport.host import holder as holders
from homeport.host.failures import absolute, file_failed
from homeport.host.protocol import Endpoint, Files, Lock, Output

Answer = Callable[[tuple[str, ...], bytes], Output]


def nothing_to_say(command: tuple[str, ...], stdin: bytes) -> Output:
    """The answer of a host that does as it is told."""
    return Output(0, b"", b"")


class RecordingFiles:
    """Files in memory. `contents` and `modes` are there to be looked at."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.modes: dict[str, int] = {"/": 0o755}

    def read(self, path: str) -> bytes:
        if absolute(path) in self.contents:
            return self.contents[path]
        if path in self.modes:
            raise file_failed("this fake", path, "read", "Is a directory")
        raise FileNotFoundError(2, os.strerror(2), path)

    def read_folder(self, path: str) -> dict[str, bytes]:
        files = {name: self.contents.get(f"{path.rstrip('/')}/{name}") for name in self.list(path)}
        return {name: content for name, content in files.items() if content is not None}

    def read_folders(self, paths: Sequence[str]) -> list[dict[str, bytes]]:
        return [self.read_folder(path) for path in paths]

    def read_newest(self, counts: Mapping[str, int]) -> list[dict[str, bytes | None]]:
        return [self._newest(self.read_folder(path), count) for path, count in counts.items()]

    def _newest(self, found: dict[str, bytes], count: int) -> dict[str, bytes | None]:
        newest = sorted(found)[len(found) - count :]
        return {name: content if name in newest else None for name, content in found.items()}

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        if absolute(path) in self.modes and path not in self.contents:
            raise file_failed("this fake", path, "written", "Is a directory")
        self.make_folder(path.rsplit("/", 1)[0] or "/")
        self.contents[path] = data
        self.modes[path] = mode

    def list(self, path: str) -> list[str]:
        if absolute(path) in self.contents:
            raise file_failed("this fake", path, "read", "Not a directory")
        start = f"{path.rstrip('/')}/"
        return sorted({known[len(start) :].split("/")[0] for known in self.modes if known.startswith(start)} - {""})

    def remove(self, path: str) -> None:
        for known in [*self.modes]:
            if known == absolute(path) or known.startswith(f"{path}/"):
                del self.modes[known]
                self.contents.pop(known, None)

    def make_folder(self, path: str, *, mode: int = 0o700) -> None:
        if absolute(path) in self.contents:
            raise file_failed("this fake", path, "made", "File exists")
        if path not in self.modes:
            self.make_folder(path.rsplit("/", 1)[0] or "/")
            self.modes[path] = mode


class RecordingLock:
    """A lock among the threads of this process. Its descriptor is a real one, to be given to a child."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self._descriptor = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)

    def is_held(self) -> bool:
        return self._descriptor >= 0

    def descriptor(self) -> int:
        return self._descriptor

    def release(self) -> None:
        os.close(self._descriptor)
        self._descriptor = -1


class RecordingHost:
    """A server that is not there. `commands` holds what was run, `locks` which locks were taken, in order."""

    def __init__(
        self,
        answer: Answer = nothing_to_say,
        *,
        address: str = "recording",
        engine: Path = Path("/nonexistent/docker.sock"),
    ) -> None:
        self.address = address
        self.memory = RecordingFiles()
        self.files: Files = self.memory
        self.commands: list[tuple[tuple[str, ...], bytes]] = []
        self.locks: list[str] = []
        self._answer = answer
        self._engine = engine
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}

    def engine_socket(self) -> Path:
        return self._engine

    def docker_socket(self) -> Path:
        return self._engine

    def socket(self, path: str) -> Path:
        return Path(path)

    def reach(self, address: str, port: int) -> Endpoint:
        return Endpoint(address, port)

    @contextmanager
    def lock(self, path: str, holder: str, *, wait: timedelta = timedelta(0)) -> Iterator[Lock]:
        with self._guard:
            turn = self._turns.setdefault(absolute(path), threading.Lock())
        if not turn.acquire(timeout=wait.total_seconds()):
            raise holders.locked(path, self.memory.read(holders.holder_path(path)))
        lock = RecordingLock(holder)
        try:
            self.locks.append(path)
            self.memory.write(holders.holder_path(path), holders.render(holder))
            yield lock
        finally:
            lock.release()
            turn.release()

    def run(self, command: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=60)) -> Output:
        self.commands.append((tuple(command), stdin))
        return self._answer(tuple(command), stdin)

    def attend(self, command: Sequence[str]) -> int:
        return self.run(command).returncode

    def home_folder(self) -> str:
        return "/root"

    def is_root(self) -> bool:
        return True

    def check(self) -> None:
        """A server that is not there is not lost."""

    def close(self) -> None:
        """Nothing is open."""
