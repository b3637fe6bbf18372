"""A server that does not let a laptop in, or not to its engine: one message, and nothing half done."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.laptop import Laptop
from tests.support.ssh_faults import (
    login_without_rights,
    with_changed_host_key,
    with_unknown_host_key,
    with_wrong_key,
)
from tests.support.ssh_server import PORT, SshServer
from tests.support.tree import tree

pytestmark = pytest.mark.docker
OTHER_DOMAIN = "elsewhere.lan"


@dataclass(frozen=True)
class Fault:
    """How it comes about, and the essential words of what a person reads: the place, the rule, the next step."""

    befalls: Callable[[SshServer, Path], AbstractContextManager[SshServer]]
    begins: str
    next_step: str


def at_once(fault: Callable[[SshServer, Path], SshServer]) -> Callable[[SshServer, Path], nullcontext[SshServer]]:
    return lambda server, folder: nullcontext(fault(server, folder))


@contextmanager
def without_docker_rights(server: SshServer, folder: Path) -> Iterator[SshServer]:
    """A login that may not use the engine, nor become root."""
    with login_without_rights() as login:
        home = Path("/home") / login
        before = tree(home)
        yield replace(server, address=server.address.replace("root", login))
        assert before == tree(home)


FAULTS = {
    "a wrong key": Fault(
        at_once(with_wrong_key), "{address} did not accept any of your keys.", "ssh-copy-id -p {port} {login}@{ip}"
    ),
    "an unknown host": Fault(
        at_once(with_unknown_host_key),
        "{address} is not known to this machine's ssh.",
        "accept it once with: ssh -p {port} {login}@{ip}",
    ),
    "a changed host key": Fault(
        at_once(with_changed_host_key),
        "{address} shows another host key than before.",
        "forget the old key with: ssh-keygen -R '[{ip}]:{port}'",
    ),
    "no Docker rights": Fault(
        without_docker_rights, "{login} may not use the Docker engine of {address}", "usermod -aG docker {login}"
    ),
}


@pytest.fixture(scope="module")
def folders(installation: Installation) -> dict[str, Path]:
    """Where each verb is called, and has something to do: a release, another domain, a base file to be written."""
    other, empty = (installation.folder / name for name in ("other", "empty"))
    other.mkdir()
    empty.mkdir()
    (other / "homeport.base.yaml").write_text(f"{installation.base_file.read_text()}domain: {OTHER_DOMAIN}\n")
    return {"up": probe_application(installation.folder), "setup": other, "setup without a base file": empty}


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """For temporary files: short enough that the sockets of a connection are there, too."""
    with tempfile.TemporaryDirectory(prefix="hp-", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def standing(installation: Installation) -> tuple[dict[str, str], dict[str, bytes], dict[str, bytes]]:
    """The containers by id, and all files: the server's (state, releases, secrets), and the laptop's with its cache."""
    return installation.containers(), tree(installation.server_folder), tree(installation.folder)


@pytest.mark.parametrize("verb", ["up", "setup", "setup without a base file"])
@pytest.mark.parametrize("name", FAULTS)
def test_who_is_not_let_in_is_told_so_once(
    laptop: Laptop, folders: dict[str, Path], tmp_path: Path, temporary: Path, name: str, verb: str
) -> None:
    """By exit code 1 and one message with the place and the next step; nothing has changed there, nor here."""
    fault, before = FAULTS[name], standing(laptop.installation)
    with fault.befalls(laptop.server, tmp_path) as server:
        stranger = replace(laptop, server=server)
        refused = stranger.homeport(verb.split()[0], "--yes", cwd=folders[verb], returncode=1)
    login = server.address.removeprefix("ssh://").partition("@")[0]
    words = {"address": server.address, "login": login, "ip": server.ip, "port": PORT}
    assert refused.stderr.startswith(f"error: {fault.begins.format(**words)}"), refused.stderr
    assert fault.next_step.format(**words) in refused.stderr
    assert 1 == refused.stderr.count("error:"), refused.stderr
    assert "Traceback" not in refused.stderr
    assert "" == refused.stdout
    assert before == standing(laptop.installation)
    assert [] == list(temporary.iterdir()), "no socket of a connection is left"


def test_who_is_let_in_does_all_of_it(laptop: Laptop, folders: dict[str, Path]) -> None:
    """The same lines: none of them was refused for another reason, or had nothing to do."""
    assert "Release 1 of probe serves" in laptop.homeport("up", "--yes", cwd=folders["up"]).stdout
    assert OTHER_DOMAIN in laptop.homeport("setup", "--yes", cwd=folders["setup"]).stdout
    laptop.homeport("setup", "--yes", cwd=folders["setup without a base file"])
    assert OTHER_DOMAIN in (folders["setup without a base file"] / "homeport.base.yaml").read_text()
