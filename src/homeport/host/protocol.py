"""What a host can do for us."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a TCP port of the server can be reached from this process."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Output:
    """How a command ended on the server."""

    returncode: int
    stdout: bytes
    stderr: bytes


class Files(Protocol):
    """Files of the server. Paths are absolute.

    A missing file raises FileNotFoundError; other failures HostUnreachable or HomeportError with the
    server's own words (disk full, permission denied).
    """

    def read(self, path: str) -> bytes: ...

    def read_folder(self, path: str) -> dict[str, bytes]:
        """Every plain file directly in the folder, by name, in one round trip; empty if there is none."""
        ...

    def read_folders(self, paths: Sequence[str]) -> list[dict[str, bytes]]:
        """The same of several, in one round trip."""
        ...

    def read_newest(self, counts: Mapping[str, int]) -> list[dict[str, bytes | None]]:
        """The same of several, but of each the content of so many files only, the last ones by name; the others have
        None. In one round trip."""
        ...

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        """Whole or not at all: written beside, synced, renamed. Makes the missing parents (0700)."""
        ...

    def list(self, path: str) -> list[str]:
        """Names in a folder, sorted; empty if there is no such folder."""
        ...

    def remove(self, path: str) -> None:
        """A file, or a folder with all in it; a missing one is no error."""
        ...

    def make_folder(self, path: str, *, mode: int = 0o700) -> None:
        """With its parents; an existing one is no error and keeps its mode."""
        ...


class Lock(Protocol):
    """A held kernel lock. It ends with the process that holds it, or with its connection."""

    holder: str

    def is_held(self) -> bool:
        """False once the connection that held it has gone."""
        ...

    def descriptor(self) -> int:
        """A file descriptor to hand to a child: the lock lasts until every holder of it has ended."""
        ...


class Host(Protocol):
    """A machine with a Docker engine."""

    address: str  # "local", or "ssh://user@server:port" as the owner wrote it
    files: Files

    def engine_socket(self) -> Path:
        """A unix socket on this machine that leads to the server's Docker engine. Whether it answers shows on use."""
        ...

    def docker_socket(self) -> Path:
        """The same, once it has answered. Raises HostUnreachable with the reason why it does not."""
        ...

    def socket(self, path: str) -> Path:
        """A unix socket on this machine that leads to the server's socket at `path`."""
        ...

    def reach(self, address: str, port: int) -> Endpoint:
        """Where a TCP address that the server can reach (its loopback, a container) is reached from here."""
        ...

    def lock(self, path: str, holder: str, *, wait: timedelta = timedelta(0)) -> AbstractContextManager[Lock]:
        """Take the lock file at `path` for as long as the context lasts.

        Raises Locked, naming the present holder, when it is still taken after `wait`.
        """
        ...

    def run(self, command: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=60)) -> Output:
        """Run a command on the server. A non-zero return code is an answer, not an error."""
        ...

    def attend(self, command: Sequence[str]) -> int:
        """Run a command of the server at this process's terminal, which it may ask for a password; its return code."""
        ...

    def home_folder(self) -> str:
        """The login's home folder on the server."""
        ...

    def is_root(self) -> bool:
        """Whether the login is root there."""
        ...

    def check(self) -> None:
        """Raises HostUnreachable when the connection has ended: whatever failed since then failed for that."""
        ...

    def close(self) -> None: ...
