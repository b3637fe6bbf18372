"""This machine: its own socket, files and locks, without a connection."""

import getpass
import os
import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from homeport.host import engine
from homeport.host.failures import engine_forbidden, engine_missing, engine_silent
from homeport.host.local.command import run
from homeport.host.local.files import LocalFiles
from homeport.host.local.lock import take
from homeport.host.protocol import Endpoint, Files, Lock, Output


class LocalHost:
    """The machine that this process runs on."""

    def __init__(self) -> None:
        self.address = "local"
        self.files: Files = LocalFiles()

    def engine_socket(self) -> Path:
        """DOCKER_HOST if it names a unix socket, else /var/run/docker.sock."""
        return Path(os.environ.get("DOCKER_HOST", "").partition("unix://")[2] or engine.ENGINE_SOCKET)

    def docker_socket(self) -> Path:
        path = self.engine_socket()
        try:
            engine.ping(path)
        except FileNotFoundError as error:
            raise engine_missing("this machine", str(path)) from error
        except PermissionError as error:
            raise engine_forbidden("this machine", str(path), getpass.getuser()) from error
        except OSError as error:
            raise engine_silent("this machine", str(path), str(error)) from error
        return path

    def socket(self, path: str) -> Path:
        return Path(path)

    def reach(self, address: str, port: int) -> Endpoint:
        return Endpoint(address, port)

    def lock(self, path: str, holder: str, *, wait: timedelta = timedelta(0)) -> AbstractContextManager[Lock]:
        return take(path, holder, wait)

    def run(self, command: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=60)) -> Output:
        return run(command, stdin, timeout)

    def attend(self, command: Sequence[str]) -> int:
        return subprocess.run(command, check=False).returncode

    def home_folder(self) -> str:
        return str(Path.home())

    def is_root(self) -> bool:
        return os.geteuid() == 0

    def check(self) -> None:
        """This machine is there for as long as we are."""

    def close(self) -> None:
        """Nothing is open between two calls."""
