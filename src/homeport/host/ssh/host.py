"""A server behind ssh."""

import atexit
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from homeport.errors import HostUnreachable
from homeport.host import engine
from homeport.host.failures import engine_forbidden, engine_missing, engine_silent
from homeport.host.protocol import Endpoint, Files, Lock, Output
from homeport.host.ssh.command import Commands
from homeport.host.ssh.connection import Connection
from homeport.host.ssh.explain import last_lines
from homeport.host.ssh.files import RemoteFiles
from homeport.host.ssh.forwards import Forwards
from homeport.host.ssh.lock import Locks

# How sshd's refusal reads in ssh's log: "no" for all forwards, and "no" for those of sockets.
FORBIDDEN = ("administratively prohibited", "connect failed: open failed")


class SshHost:
    """A server that the user's own OpenSSH logs in to. May be used from several threads."""

    def __init__(self, connection: Connection, *, will_lock: bool = False) -> None:
        self.address = str(connection.address)
        self._connection = connection
        try:
            self._greeting = self._connection.greet()
        except BaseException:
            self._connection.close()
            raise
        atexit.register(self.close)
        self.files: Files = RemoteFiles(self.address, self._connection.ask, self._connection.send)
        self._forwards = Forwards(self._connection)
        self._locks = Locks(self._connection)
        if will_lock:
            self._locks.prepare()
        self._commands = Commands(self._connection)
        self._engine: Path | None = None
        self._engine_turn = threading.Lock()

    def engine_socket(self) -> Path:
        return self._forwards.socket(engine.ENGINE_SOCKET)

    def docker_socket(self) -> Path:
        with self._engine_turn:
            if self._engine is None:
                self._engine = self._find_engine()
            return self._engine

    def socket(self, path: str) -> Path:
        return self._forwards.socket(path)

    def reach(self, address: str, port: int) -> Endpoint:
        return self._forwards.port(address, port)

    def lock(self, path: str, holder: str, *, wait: timedelta = timedelta(0)) -> AbstractContextManager[Lock]:
        return self._locks.take(path, holder, wait)

    def run(self, command: Sequence[str], *, stdin: bytes = b"", timeout: timedelta = timedelta(seconds=60)) -> Output:
        return self._commands.run(command, stdin, timeout)

    def attend(self, command: Sequence[str]) -> int:
        return self._commands.attend(command)

    def home_folder(self) -> str:
        return self._greeting.home

    def is_root(self) -> bool:
        return self._greeting.uid == 0

    def check(self) -> None:
        self._connection.check_soon()

    def close(self) -> None:
        """End the connection and all that goes over it, and remove what it left on this machine."""
        atexit.unregister(self.close)
        self._locks.close()
        self._connection.close(is_inherited=self._locks.has_inherited())

    def _find_engine(self) -> Path:
        path, here = engine.ENGINE_SOCKET, self.engine_socket()
        try:
            engine.ping(here)
        except OSError as error:
            self._connection.check_soon()
            raise self._no_engine(path, error) from error
        return here

    def _no_engine(self, path: str, error: OSError) -> HostUnreachable:
        state = self._connection.ask("socket_state", path).stdout.strip()
        if state == b"missing":
            return engine_missing(self.address, path)
        if state == b"forbidden":
            return engine_forbidden(self.address, path, self._greeting.login)
        return self._engine_silent(path, error)

    def _engine_silent(self, path: str, error: OSError) -> HostUnreachable:
        words = last_lines(self._connection.words())
        if any(sign in words for sign in FORBIDDEN):
            return HostUnreachable(
                f"The sshd of {self.address} forbids to forward sockets.",
                detail=words,
                next_step="Set AllowTcpForwarding and AllowStreamLocalForwarding to yes in its sshd_config.",
            )
        return engine_silent(self.address, path, words or str(error))
