"""A server behind ssh keeps the contract of a host."""

import http.server
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from homeport.errors import Locked
from homeport.host import Host, connect
from tests.host.contract_commands import *  # noqa: F403
from tests.host.contract_files import *  # noqa: F403
from tests.host.contract_locks import *  # noqa: F403
from tests.support.ssh_server import SshServer, ssh_server

pytestmark = pytest.mark.docker


@pytest.fixture
def host(logged_in: Host) -> Host:
    return logged_in


class Greeter(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"here")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- http.server's name
        """Say nothing."""


@contextmanager
def web_server() -> Iterator[int]:
    """Something that answers on a port of the server's loopback."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Greeter) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield web.server_port
        web.shutdown()


def test_a_port_is_reached(host: Host) -> None:
    """A port of the server's loopback is one of ours, and stays the same when asked for again."""
    with web_server() as port:
        endpoint = host.reach("127.0.0.1", port)

        with urllib.request.urlopen(f"http://{endpoint.address}:{endpoint.port}/") as answer:
            assert answer.read() == b"here"
        assert endpoint.address == "127.0.0.1"
        assert endpoint.port != port
        assert endpoint == host.reach("127.0.0.1", port)


def test_a_socket_is_brought_here(host: Host, short_temporary: Path) -> None:
    """A unix socket of the server carries bytes both ways."""
    path = f"{short_temporary}/there.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        here = host.socket(path)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(here))
            client.sendall(b"question")
            answering, _ = listener.accept()
            with answering:
                assert answering.recv(100) == b"question"
                answering.sendall(b"answer")
            assert client.recv(100) == b"answer"
    assert str(here) != path
    assert here == host.socket(path)


@pytest.mark.parametrize("path", ["/run/a:b", "/run/a b", "/run/%h", "/run/${HOME}"])
def test_a_socket_path_that_ssh_would_read_otherwise_is_refused(host: Host, path: str) -> None:
    """`:`, `%` and `$` have a meaning of their own in a forward."""
    with pytest.raises(ValueError, match="should be a path of letters"):
        host.socket(path)


def test_the_engine_answers(host: Host) -> None:
    """The engine's socket is here, and only its owner may use it."""
    path = host.docker_socket()

    assert path.stat().st_mode & 0o777 == 0o600
    assert path == host.docker_socket()


def test_what_a_bashrc_prints_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A login that greets with words breaks scp; it does not break us."""
    noise = """printf 'Welcome!\\nno line end'; eval "$SSH_ORIGINAL_COMMAND" """
    with ssh_server(tmp_path, settings={"ForceCommand": noise}) as server:
        monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(server.config))
        host = connect(server.address)
        host.files.write(f"{tmp_path}/file", b"content")
        with host.lock(f"{tmp_path}/lock", "ana"):
            output = host.run(["echo", "answer"])
        host.close()

    assert (tmp_path / "file").read_bytes() == b"content"
    assert output.stdout == b"answer\n"


def test_many_commands_at_once(host: Host) -> None:
    """More threads than sshd allows sessions (10 a connection)."""
    codes: list[int] = []
    threads = [threading.Thread(target=lambda: codes.append(host.run(["true"]).returncode)) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [0] * 15


def test_close_leaves_nothing(server: SshServer, short_temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process, no socket, no folder; and closing again is no error."""
    monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(server.config))
    before = descriptors()
    host = connect(server.address)
    host.docker_socket()
    with host.lock(f"{short_temporary}/lock", "ana"):
        host.run(["true"])
    host.close()
    host.close()

    assert sorted(path.name for path in short_temporary.glob("homeport-*")) == []
    assert ssh_processes(short_temporary) == []
    assert before >= descriptors()


def descriptors() -> set[str]:
    """The open descriptors of this process."""
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def ssh_processes(folder: Path) -> list[str]:
    """The command lines of every ssh whose control socket is in `folder`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if line.startswith("ssh ") and f"{folder}/" in line:
            found.append(line)
    return found


def test_a_lock_within_a_lock_is_a_lock(host: Host, folder: str) -> None:
    """Both are held by one session: each is refused to others for as long as it lasts, and no longer."""
    inner, outer, soon = f"{folder}/inner", f"{folder}/outer", timedelta(seconds=5)
    other = connect(host.address)
    try:
        with host.lock(outer, "ana"):
            with host.lock(inner, "ana within") as lock, pytest.raises(Locked, match="ana within"):
                other.lock(inner, "bob").__enter__()
            assert not lock.is_held()
            with other.lock(inner, "bob", wait=soon), pytest.raises(Locked, match="held by bob"):
                host.lock(inner, "ana").__enter__()
            with pytest.raises(Locked, match="held by ana"):
                other.lock(outer, "bob").__enter__()
        with other.lock(outer, "bob", wait=soon), other.lock(inner, "bob", wait=soon):
            pass
    finally:
        other.close()
