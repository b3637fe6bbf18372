"""What keeps a client out of a server: each of these gives the server as a client has it whom that befell."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.support.running import wait_until
from tests.support.ssh_server import PORT, SshServer

LOGGED_IN = 8  # what userdel ends with while the login has a process


def with_wrong_key(server: SshServer, folder: Path) -> SshServer:
    """The client has a key that the server does not know. What it needs is made in `folder`, here and below."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "other"], check=True)
    config = server.config.read_text().replace(f"{server.folder}/login_key", f"{folder}/other")
    return _configured(server, folder, config)


def with_unknown_host_key(server: SshServer, folder: Path) -> SshServer:
    """The client never saw the server."""
    return _configured(server, folder, f"UserKnownHostsFile /dev/null\n{server.config.read_text()}")


def with_changed_host_key(server: SshServer, folder: Path) -> SshServer:
    """The client knows the server by another key."""
    (folder / "known_hosts").write_text(f"[{server.ip}]:{PORT} {(server.folder / 'login_key.pub').read_text()}")
    return _configured(server, folder, f"UserKnownHostsFile {folder}/known_hosts\n{server.config.read_text()}")


def _configured(server: SshServer, folder: Path, config: str) -> SshServer:
    (folder / "ssh_config").write_text(config)
    return replace(server, config=folder / "ssh_config")


@contextmanager
def login_without_rights(shell: str = "/bin/bash") -> Iterator[str]:
    """A login of this machine without any right; its name."""
    name = f"homeport-{os.getpid()}"
    subprocess.run(["useradd", "-m", "-p", "*", "-s", shell, name], check=True, capture_output=True)
    try:
        yield name
    finally:
        wait_until(lambda: _has_gone(name), "the end of the login's last session")


def _has_gone(login: str) -> bool:
    """Whether it could be removed: not while a session of its own still ends."""
    done = subprocess.run(["userdel", "-r", login], capture_output=True, text=True)
    assert done.returncode in (0, LOGGED_IN), done.stderr
    return done.returncode == 0
