"""`setup` over SSH on a server that has an sshd, a login with sudo, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.bare_machine import BareMachine, bare_machine, make_root
from tests.support.installation import probe_application
from tests.support.terminal import at_a_terminal

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(1200)]

NETWORK = "10.254.79"
HOST = f"{NETWORK}.2"
PASSWORD = "a password"
SUDOERS = "ana ALL=(ALL) NOPASSWD: ALL\ncara ALL=(ALL) ALL\n"
SSHD = "mkdir -p /run/sshd && /usr/sbin/sshd -o UsePAM=no -o StrictModes=no"
HOMEPORT = (sys.executable, "-c", "from homeport.cli import main; main()")


@dataclass(frozen=True)
class Server:
    """A bare machine, and a laptop that knows it by nothing but its sshd."""

    machine: BareMachine
    folder: Path

    def environment(self) -> dict[str, str]:
        mine = {"HOMEPORT_SSH_CONFIG": str(self.folder / "config"), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return {**os.environ, **mine, "HOMEPORT_DEBIAN_MIRROR": ""}

    def command(self, login: str, *arguments: str) -> list[str]:
        return [*HOMEPORT, *arguments, "--host", f"ssh://{login}@{HOST}"]

    def homeport(self, login: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Where nobody can be asked."""
        return subprocess.run(
            self.command(login, *arguments),
            cwd=cwd,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def has_docker(self) -> bool:
        return self.machine.run("command -v dockerd", returncode=None).returncode == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`ana` may use sudo without a password, `cara` with hers, `bob` not at all."""
    folder = tmp_path_factory.mktemp("bare")
    make_root(folder / "root.tar", packages=("openssh-server", "sudo"))
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)
    (folder / "config").write_text(
        f"Host *\n  IdentityFile {folder}/key\n  IdentitiesOnly yes\n  UserKnownHostsFile {folder}/known_hosts\n"
        "  StrictHostKeyChecking accept-new\n"
    )
    with bare_machine(folder / "root.tar", "bareserver", NETWORK) as machine:
        for login in ("ana", "bob", "cara"):
            machine.run(f"useradd -m -s /bin/bash {login} && echo '{login}:{PASSWORD}' | chpasswd")
            keys = machine.root / f"home/{login}/.ssh/authorized_keys"
            keys.parent.mkdir()
            keys.write_text((folder / "key.pub").read_text())
            keys.chmod(0o644)
        (machine.root / "etc/sudoers.d/test").write_text(SUDOERS)
        machine.run(SSHD)
        yield Server(machine, folder)


def test_without_a_terminal_a_password_is_not_asked_for(server: Server, tmp_path: Path) -> None:
    """The steps are the next step, nothing was done, exit code 1; --yes is no password."""
    refused = server.homeport("cara", "setup", "--yes", cwd=tmp_path)
    assert 1 == refused.returncode, refused.stderr
    assert "sudo on ssh://cara@" in refused.stderr
    assert "  sudo apt-get update -q\n" in refused.stderr
    assert "  sudo usermod -aG docker cara\n" in refused.stderr
    assert not server.has_docker()


def test_without_a_terminal_and_without_yes_the_steps_are_told(server: Server, tmp_path: Path) -> None:
    """Nobody was there to say yes."""
    refused = server.homeport("ana", "setup", cwd=tmp_path)
    assert 1 == refused.returncode, refused.stderr
    assert "Run these there yourself, then try again:\n  sudo apt-get update -q" in refused.stderr
    assert not server.has_docker()


def test_no_is_no(server: Server) -> None:
    """The steps are shown, and asked once."""
    code, seen = at_a_terminal(server.command("cara", "setup"), [("Run them?", "n")], server.environment())
    assert 1 == code, seen
    assert "Nothing was changed." in seen
    assert not server.has_docker()


def test_sudo_that_refuses_is_one_message(server: Server) -> None:
    """A login that may not use sudo is told so, with what somebody else has to run."""
    code, seen = at_a_terminal(
        server.command("bob", "setup"),
        [("Run them?", "y"), ("password for bob", PASSWORD)],
        server.environment(),
    )
    assert 1 == code, seen
    assert f"bob may not use sudo on ssh://bob@{HOST}.\n" in seen
    assert not server.has_docker()


def test_setup_and_a_release_from_a_laptop(server: Server, tmp_path: Path) -> None:
    """Docker, the login's place in its group, images built there, the base, a release: then nothing more."""
    made = server.homeport("ana", "setup", "--yes", cwd=tmp_path)
    assert 0 == made.returncode, made.stderr
    assert "logging in again" in made.stderr
    application = probe_application(tmp_path)
    released = server.homeport("ana", "up", "--yes", cwd=application)
    assert 0 == released.returncode, released.stderr
    again = server.homeport("ana", "setup", "--yes", cwd=tmp_path)
    assert "Nothing to do" in again.stdout, again.stderr


def test_a_password_is_asked_for_at_the_terminal(server: Server, tmp_path: Path) -> None:
    """By sudo itself, once, for a login that has yet to join Docker's group; then a further installation is made."""
    (tmp_path / "homeport.base.yaml").write_text("instance: second\ngateway: {http: 8080, https: 8443}\n")
    with (tmp_path / "homeport.base.yaml").open("a") as file:
        file.write("registry: {port: 5001}\n")
    code, seen = at_a_terminal(
        [*server.command("cara", "setup", "--instance", "second"), "-C", str(tmp_path)],
        [("Run them?", "y"), ("password for cara", PASSWORD), ("Make this on", "y")],
        server.environment(),
    )
    assert 0 == code, seen
    assert 1 == seen.count("password for cara")
    assert PASSWORD not in seen
    assert "The base is set up." in seen
