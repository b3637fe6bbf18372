"""Servers that do not let us in, and what a person is told."""

import os
import pty
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.errors import HostUnreachable
from homeport.host import Host, connect
from homeport.host.engine import ping
from tests.support.ports import free_port
from tests.support.ssh_faults import (
    login_without_rights,
    with_changed_host_key,
    with_unknown_host_key,
    with_wrong_key,
)
from tests.support.ssh_server import PORT, SshServer, ssh_server

pytestmark = pytest.mark.docker


@pytest.fixture
def config(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the client's configuration, to be spoiled."""
    copy = tmp_path / "ssh_config"
    copy.write_text(server.config.read_text())
    monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(copy))
    return copy


def refusal(address: str) -> HostUnreachable:
    began = time.monotonic()
    with pytest.raises(HostUnreachable) as refused:
        connect(address)
    assert time.monotonic() - began < 20
    return refused.value


def prepend(config: Path, line: str) -> None:
    config.write_text(f"{line}\n{config.read_text()}")


def test_a_name_that_does_not_exist(config: Path) -> None:
    """The name is wrong."""
    error = refusal("ssh://homeport-test.invalid")

    assert error.message == "ssh://homeport-test.invalid: there is no machine of that name."
    assert "Could not resolve hostname" in error.detail


def test_a_port_that_nobody_serves(config: Path, server: SshServer) -> None:
    """The machine is right, sshd is not there."""
    assert "refuses connections" in refusal(f"ssh://root@{server.ip}:9").message


def test_a_machine_that_does_not_answer(config: Path, server: SshServer) -> None:
    """An address that swallows packets is given up after 10 s."""
    prepend(config, "ProxyCommand sleep 60")

    assert "does not answer" in refusal(server.address).message


def test_a_key_that_is_not_accepted(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The login is refused, and how to get in is said."""
    monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(with_wrong_key(server, tmp_path).config))

    error = refusal(server.address)

    assert "did not accept any of your keys" in error.message
    assert f"ssh-copy-id -p 18022 root@{server.ip}" in error.next_step


def test_a_host_key_that_is_not_known(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was never seen is not trusted by us: a person has to."""
    monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(with_unknown_host_key(server, tmp_path).config))

    error = refusal(server.address)

    assert "is not known" in error.message
    key = subprocess.run(["ssh-keygen", "-lf", server.folder / "host_key.pub"], capture_output=True, text=True).stdout
    assert f"It shows the key ssh-ed25519 {key.split()[1]}" in error.detail
    assert f"ssh -p 18022 root@{server.ip}" in error.next_step


def test_a_host_key_that_has_changed(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone may stand between."""
    monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(with_changed_host_key(server, tmp_path).config))

    error = refusal(server.address)

    assert "another host key than before" in error.message
    assert f"ssh-keygen -R '[{server.ip}]:18022'" in error.next_step


def test_a_configuration_that_ssh_cannot_read(config: Path, server: SshServer) -> None:
    """The user's own configuration is named as the cause."""
    prepend(config, "Nonsense yes")

    error = refusal(server.address)

    assert "ssh configuration cannot be used" in error.message
    assert "Bad configuration option: nonsense" in error.detail


def test_a_machine_without_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said."""
    monkeypatch.setenv("PATH", "/nonexistent")

    assert "openssh-client" in refusal("ssh://server").next_step


def test_forwards_of_the_users_configuration_are_left_alone(config: Path, server: SshServer) -> None:
    """A forward for interactive use may be taken already by the session that it is meant for."""
    prepend(config, "LocalForward 127.0.0.1:1 127.0.0.1:1\nRemoteCommand false\nRequestTTY force")

    host = connect(server.address)
    host.close()


def test_an_sshd_that_forbids_forwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to set, and where."""
    with ssh_server(tmp_path, settings={"AllowStreamLocalForwarding": "no"}) as server:
        monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(server.config))
        host = connect(server.address)
        with pytest.raises(HostUnreachable, match="forbids to forward sockets") as refused:
            host.docker_socket()
        host.close()

    assert "AllowStreamLocalForwarding" in refused.value.next_step


def test_a_server_that_closes_at_once(config: Path) -> None:
    """As sshd does with too many, and what stands before it with a banned address."""
    with socket.create_server(("127.0.0.1", 0)) as closing:
        threading.Thread(target=lambda: closing.accept()[0].close(), daemon=True).start()
        error = refusal(f"ssh://root@127.0.0.1:{closing.getsockname()[1]}")

    assert "closes the connection before anybody can log in" in error.message


def test_an_alias_of_the_users_configuration(config: Path, server: SshServer) -> None:
    """User, port and address may stand in ~/.ssh/config alone."""
    prepend(config, f"Host shelf\n  HostName {server.ip}\n  Port {PORT}\n  User root\n")

    host = connect("ssh://shelf")
    assert host.run(["id", "-un"]).stdout == b"root\n"
    host.close()


def test_a_jump_host_of_the_users_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is reached only through another; sockets and ports are the far one's."""
    port = free_port()
    with ssh_server(tmp_path, settings={"ListenAddress": f"127.0.0.1:{port}"}) as server:
        with (tmp_path / "known_hosts").open("a") as known:
            known.write(f"[127.0.0.1]:{port} {(tmp_path / 'host_key.pub').read_text()}")
        prepend(server.config, f"Host behind\n  HostName 127.0.0.1\n  Port {port}\n  User root\n  ProxyJump door\n")
        prepend(server.config, f"Host door\n  HostName {server.ip}\n  Port {PORT}\n  User root\n")
        monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(server.config))

        host = connect("ssh://behind")
        ping(host.docker_socket())
        host.close()
        assert 2 == (tmp_path / "sshd.log").read_text().count("Accepted publickey")


def test_an_agent_holds_the_key(
    config: Path, server: SshServer, monkeypatch: pytest.MonkeyPatch, short_temporary: Path
) -> None:
    """The key itself may be nowhere on this machine."""
    agent = short_temporary / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", agent], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
        while not agent.exists():
            time.sleep(0.01)
        subprocess.run(["ssh-add", "-q", server.folder / "login_key"], check=True)
        config.write_text(config.read_text().replace(f"IdentityFile {server.folder}/login_key", "IdentityFile none"))
        prepend(config, "IdentitiesOnly no")
        connect(server.address).close()
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def shell() -> str:
    return "/bin/bash"


@pytest.fixture
def login(shell: str) -> Iterator[str]:
    with login_without_rights(shell) as name:
        yield name


@pytest.mark.parametrize("shell", ["/usr/sbin/nologin"])
def test_a_login_without_a_shell(config: Path, server: SshServer, login: str) -> None:
    """The key is right, and the login is not meant for people."""
    error = refusal(server.address.replace("root", login))

    assert "opens no shell for that login" in error.message


@pytest.mark.parametrize("shell", ["/bin/sh"])
def test_a_login_with_another_shell(config: Path, server: SshServer, login: str) -> None:
    """bash is there and is not the login's own: all works the same."""
    host = connect(server.address.replace("root", login))
    home = host.home_folder()
    host.files.write(f"{home}/x/y", b"here")
    assert {"y": b"here"} == host.files.read_folder(f"{home}/x")
    assert b"a b\n" == host.run(["echo", "a b"]).stdout
    with host.lock(f"{home}/lock", "ana"), host.lock(f"{home}/other", "ana") as lock:
        assert lock.is_held()
    host.close()


def test_a_login_without_docker_rights(config: Path, server: SshServer, login: str) -> None:
    """The right is missing, not the engine; and the files are those of that login."""
    host = connect(server.address.replace("root", login))
    try:
        with pytest.raises(HostUnreachable, match=f"{login} may not use the Docker engine") as refused:
            host.docker_socket()
        with pytest.raises(Exception, match=r"/root/x on .* cannot be written: Permission denied"):
            host.files.write("/root/x", b"")
        with pytest.raises(Exception, match=r"/root/x on .* cannot be locked: Permission denied"):
            host.lock("/root/x", "ana").__enter__()
        assert f"/home/{login}" == host.home_folder()
        assert not host.is_root()
    finally:
        host.close()
    assert f"sudo usermod -aG docker {login}" in refused.value.next_step


ASKED = (
    "import sys; from homeport.host import connect; h = connect(sys.argv[1]); print('in as', h.is_root()); h.close()"
)


def at_a_terminal(address: str, answers: dict[bytes, bytes]) -> bytes:
    """All that a person sees who runs a program that connects, and answers what is asked."""
    person, terminal = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", ASKED, address], stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    seen = b""
    try:
        while chunk := os.read(person, 4096):
            seen += chunk
            for question in [question for question in answers if question in seen]:
                time.sleep(0.2)  # the echo is switched off after the question is written
                os.write(person, answers.pop(question) + b"\n")
    except OSError:  # how Linux says that the other end of a terminal was closed
        pass
    finally:
        os.close(person)
        process.wait(30)
    return seen


def test_a_person_is_asked(config: Path, server: SshServer, tmp_path: Path) -> None:
    """At a terminal ssh may ask whether to trust a new server and for a passphrase, which is not shown."""
    key = shutil.copy(server.folder / "login_key", tmp_path / "key")
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "secret phrase", "-f", key], check=True, capture_output=True)
    config.write_text(config.read_text().replace(f"{server.folder}/login_key", str(key)))
    prepend(config, f"UserKnownHostsFile {tmp_path}/known_hosts")

    seen = at_a_terminal(server.address, {b"yes/no": b"yes", b"passphrase": b"secret phrase"})

    assert b"in as True" in seen
    assert b"secret phrase" not in seen
    assert server.ip in (tmp_path / "known_hosts").read_text()


def test_a_closed_host_says_so(logged_in: Host) -> None:
    """Not a broken pipe."""
    logged_in.close()

    with pytest.raises(HostUnreachable, match="was closed"):
        logged_in.files.read("/etc/hostname")
    with pytest.raises(HostUnreachable, match="was closed"):
        logged_in.run(["true"])
