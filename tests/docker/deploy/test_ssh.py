"""`up` over SSH, by a client that sees nothing of the server but its sshd."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.ssh_server import SshServer, ssh_server

pytestmark = pytest.mark.docker
HOST = "probe.localhost"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def _homeport(
    installation: Installation, server: SshServer, application: Path, *arguments: str, returncode: int = 0
) -> subprocess.CompletedProcess[str]:
    """The command line on the client: no engine, no folder, no port of the server is there."""
    variables = {**installation.environment(), **server.environment(), "HOMEPORT_HOST": server.address}
    done = subprocess.run(
        [*server.prefix([installation.server_folder]), *installation.command(*arguments)],
        cwd=application,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert returncode == done.returncode, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done


def test_a_release_from_a_laptop(installation: Installation, server: SshServer, tmp_path: Path) -> None:
    """Built on the server's engine, migrated, switched, recorded, rolled back there; the client has nothing of it."""
    application = probe_application(tmp_path, database=True)
    _homeport(installation, server, application, "up", "--yes")
    assert "1\n" == installation.get(HOST).body
    write_manifest(application, services={"api": {"route": "/", "environment": {"VERSION": "2"}}}, database=True)
    _homeport(installation, server, application, "up", "--yes")
    assert "2\n" == installation.get(HOST).body
    _homeport(installation, server, application, "rollback", "--yes")
    assert "1\n" == installation.get(HOST).body
    assert ["succeeded"] * 3 == [release["result"] for release in installation.releases(application)]


def test_both_ways_to_a_server_are_one_server(installation: Installation, server: SshServer, tmp_path: Path) -> None:
    """What was released over SSH is nothing to do for `local`, and the other way round."""
    application = probe_application(tmp_path, database=True)
    _homeport(installation, server, application, "up", "--yes")
    assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout
    assert "Nothing to do" in _homeport(installation, server, application, "up", "--yes").stdout


def test_another_installation_than_before_is_refused(
    installation: Installation, server: SshServer, tmp_path: Path
) -> None:
    """A name may lead elsewhere by now: nothing is done there until `setup` is told that it is right."""
    application = probe_application(tmp_path)
    _homeport(installation, server, application, "status")
    record = installation.server_folder / "base.json"
    before = record.read_text()
    try:
        record.write_text(json.dumps({**json.loads(before), "id": "another"}))
        refused = _homeport(installation, server, application, "up", "--yes", returncode=1)
        assert f"This is not the server that {server.address} was" in refused.stderr
        assert f"homeport setup --host {server.address}" in refused.stderr
        _homeport(installation, server, installation.folder / "infrastructure", "setup", "--yes")
        _homeport(installation, server, application, "status")
    finally:
        record.write_text(before)
        _homeport(installation, server, installation.folder / "infrastructure", "setup", "--yes")


def test_the_daily_verbs_over_ssh(installation: Installation, server: SshServer, tmp_path: Path) -> None:
    """Status, releases, logs, secrets and a failing release say the same as on the server itself."""
    application = probe_application(tmp_path)
    _homeport(installation, server, application, "up", "--yes")
    status = json.loads(_homeport(installation, server, application, "status", "--json").stdout)
    assert [200] == [answer["status"] for answer in status["answers"]]
    (found,) = json.loads(_homeport(installation, server, application, "apps", "--json").stdout)["applications"]
    assert ("probe", 1, []) == (found["application"], found["containers"], found["problems"])
    assert "probe 1 is healthy" in _homeport(installation, server, application, "logs").stdout
    write_manifest(application, services={"api": {"route": "/", "environment": {"BEHAVIOUR": "exits"}}})
    failed = _homeport(installation, server, application, "up", "--yes", returncode=1)
    assert "a reason to exit" in failed.stderr
    assert 200 == installation.get(HOST).status


def test_the_registry_over_ssh(installation: Installation, server: SshServer, tmp_path: Path) -> None:
    """Images are copied and read on the server itself; what is said of it arrives."""
    _homeport(installation, server, probe_application(tmp_path), "up", "--yes")
    made = json.loads(_homeport(installation, server, tmp_path, "registry", "backup", "--json").stdout)
    listed = json.loads(_homeport(installation, server, tmp_path, "registry", "list", "--json").stdout)
    assert made["images"] == len(listed["images"])
    assert all(image["backed_up"] for image in listed["images"])
    assert "Nothing to prune" in _homeport(installation, server, tmp_path, "registry", "prune", "--yes").stdout
