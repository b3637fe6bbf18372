"""A server behind ssh: an sshd of our own on a private address."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.host.contract_commands", "tests.host.contract_files", "tests.host.contract_locks")

from homeport.host import Host, connect  # noqa: E402
from tests.support.ssh_server import SshServer, ssh_server  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def logged_in(server: SshServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """The server, connected from this process. Not called `host`: each module says which host it means."""
    monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(server.config))
    host = connect(server.address)
    yield host
    host.close()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder on the server, not yet made."""
    return f"{tmp_path}/installation"


@pytest.fixture(autouse=True)
def short_temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files of our own, removed also when a client was killed; short enough for sockets in it."""
    tmp_path_factory.getbasetemp()  # before, or pytest's own folder would be in the first of them
    folder = Path(tempfile.mkdtemp(prefix="hp-", dir="/tmp"))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    shutil.rmtree(folder)
