"""`homeport up` on a real engine: a release, nothing to do, and what was changed by hand."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application, write_manifest

pytestmark = pytest.mark.docker
HOST = "probe.localhost"


@pytest.fixture
def application(installation: Installation, tmp_path: Path) -> Path:
    """The probe with a database, released."""
    folder = probe_application(tmp_path, database=True)
    installation.homeport("up", "--yes", cwd=folder)
    return folder


def test_a_release_answers_through_the_gateway(installation: Installation, application: Path) -> None:
    """What `up` calls released is served on the application's host name."""
    assert (200, "1\n") == (installation.get(HOST).status, installation.get(HOST).body)


def test_nothing_changed_is_nothing_to_do(installation: Installation, application: Path) -> None:
    """A second `up` touches no container, also from a clone that never ran and with the build cache gone."""
    before = installation.containers()
    clone = application.parent / "clone"
    shutil.copytree(application, clone, ignore=shutil.ignore_patterns(".homeport"))
    subprocess.run(["docker", "builder", "prune", "--force"], check=True, capture_output=True)
    said = installation.homeport("up", "--yes", cwd=clone).stdout
    assert said.startswith("Nothing to do")
    assert before == installation.containers()
    assert 0 == installation.homeport("plan", "--detailed-exitcode", cwd=application).returncode


def _remove(installation: Installation, name: str) -> None:
    installation.client.remove_container(name, force=True)


def _memory(installation: Installation, name: str) -> None:
    installation.client.update_container(name, mem_limit=300 << 20, memswap_limit=300 << 20)


def _network(installation: Installation, name: str) -> None:
    installation.client.disconnect_container_from_network(name, f"{installation.instance}-data")


def _environment(installation: Installation, name: str) -> None:
    """Somebody runs the image anew under the same name, with another variable."""
    found = installation.inspect(name)
    edge = f"{installation.instance}-edge"
    ip = found["NetworkSettings"]["Networks"][edge]["IPAMConfig"]["IPv4Address"]
    labels = [f"--label={key}={value}" for key, value in found["Config"]["Labels"].items()]
    installation.client.remove_container(name, force=True)
    image = found["Config"]["Image"]
    command = [
        "docker",
        "run",
        "-d",
        f"--name={name}",
        f"--network={edge}",
        f"--ip={ip}",
        *labels,
        "-e",
        "VERSION=evil",
        image,
    ]
    subprocess.run(command, check=True, capture_output=True)


def _route_file(installation: Installation, name: str) -> None:
    file = next((installation.server_folder / "gateway" / "conf.d").iterdir())
    file.write_text(file.read_text().replace("server", "# server", 1))


def _route_file_gone(installation: Installation, name: str) -> None:
    for file in (installation.server_folder / "gateway" / "conf.d").iterdir():
        file.unlink()


def _runtime_slot(installation: Installation, name: str) -> None:
    socket = installation.server_folder / "gateway" / "run" / "admin.sock"
    shown = _haproxy(socket, "show servers state").splitlines()
    backend, server = next((row[1], row[3]) for row in map(str.split, shown[2:]) if row and "probe" in row[1])
    for slot in {server, *(row[3] for row in map(str.split, shown[2:]) if row and row[1] == backend)}:
        _haproxy(socket, f"set server {backend}/{slot} state maint")


def _haproxy(path: Path, command: str) -> str:
    import socket

    with socket.socket(socket.AF_UNIX) as runtime:
        runtime.connect(str(path))
        runtime.sendall(f"{command}\n".encode())
        runtime.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: runtime.recv(65536), b"")).decode()


@pytest.mark.parametrize(
    "change", [_remove, _memory, _network, _environment, _route_file, _route_file_gone, _runtime_slot]
)
def test_a_change_by_hand_is_found_and_put_right(
    installation: Installation, application: Path, change: Callable[[Installation, str], None]
) -> None:
    """What somebody changed beside us is no "nothing to do", and the next `up` puts it right."""
    (name,) = [name for name in installation.containers("probe") if "-api-" in name]
    change(installation, name)
    assert 2 == installation.homeport("plan", "--detailed-exitcode", cwd=application, returncode=None).returncode
    installation.homeport("up", "--yes", cwd=application)
    assert (200, "1\n") == (installation.get(HOST).status, installation.get(HOST).body)
    assert 0 == installation.homeport("plan", "--detailed-exitcode", cwd=application).returncode
    assert 1 == len([name for name in installation.containers("probe") if "-api-" in name])


def test_what_leaves_the_manifest_leaves_the_server(installation: Installation, application: Path) -> None:
    """A service that is removed from the manifest goes with the next `up`; the database's data never does."""
    write_manifest(application, services={"api": {"route": "/"}, "second": {"route": "/second"}}, database=True)
    installation.homeport("up", "--yes", cwd=application)
    assert 200 == installation.get(HOST, "/second").status
    installation.psql("INSERT INTO things (name) VALUES ('kept')", "probe_home")
    write_manifest(application)
    installation.homeport("up", "--yes", cwd=application)
    assert 1 == len(installation.containers("probe"))
    assert "kept" in installation.psql("SELECT name FROM things", "probe_home")


def test_down_keeps_the_data_and_up_finds_it(installation: Installation, application: Path) -> None:
    """Data goes only with --delete-data and the application's name typed."""
    installation.psql("INSERT INTO things (name) VALUES ('still here')", "probe_home")
    installation.homeport("down", "--yes", cwd=application)
    assert {} == installation.containers("probe")
    installation.homeport("up", "--yes", cwd=application)
    assert "still here" in installation.psql("SELECT name FROM things", "probe_home")
    refused = installation.homeport("down", "--delete-data", "--confirm-name", "prob", cwd=application, returncode=1)
    assert "its name was not typed" in refused.stderr
    installation.homeport("down", "--delete-data", "--confirm-name", "probe", cwd=application)
    assert "" == installation.psql("SELECT datname FROM pg_database WHERE datname = 'probe_home'")


def test_a_host_name_belongs_to_one_application(installation: Installation, application: Path, tmp_path: Path) -> None:
    """Another application that wants it is refused before anything is built, and the first one serves on."""
    other = probe_application(tmp_path / "other", "other", targets={"home": {"kind": "docker", "hosts": [HOST]}})
    refused = installation.homeport("up", "--yes", cwd=other, returncode=1)
    assert f"{HOST} is the host name of probe.home" in refused.stderr
    assert {} == installation.containers("other")
    assert (200, "1\n") == (installation.get(HOST).status, installation.get(HOST).body)
