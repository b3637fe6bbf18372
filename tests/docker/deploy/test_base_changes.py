"""A base that changes under an application: what is done in place, what is said before, and what is refused."""

import json
import shlex
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.https import get_secure
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.ports import free_port
from tests.support.running import wait_until
from tests.support.slow_requests import SlowRequests

pytestmark = pytest.mark.docker
HOST = "probe.localhost"
NOTHING = "Nothing to do: the base is as it should be."


@pytest.fixture(scope="module")
def application(installation: Installation) -> Path:
    """The probe with a database, deployed on the base as it was first set up."""
    folder = probe_application(installation.folder, database=True)
    installation.homeport("up", "--yes", cwd=folder)
    return folder


@pytest.fixture(autouse=True)
def answering(installation: Installation, application: Path) -> Iterator[None]:
    """Whatever a test changed is as it was afterwards, and the application answers."""
    base = installation.server_folder / "base.json"
    before = base.read_text(), installation.containers()
    yield
    installation.write_base()
    if before != (base.read_text(), installation.containers()):
        installation.setup()
        installation.homeport("up", "--yes", cwd=application)
    assert 200 == installation.get(HOST).status


def refusal(installation: Installation) -> str:
    """What setup says when it refuses; nothing of the base has been touched."""
    before, base = installation.containers(), (installation.server_folder / "base.json").read_text()
    said = installation.setup(returncode=1).stderr
    assert before == installation.containers()
    assert base == (installation.server_folder / "base.json").read_text()
    assert 200 == installation.get(HOST).status
    return said


def test_a_domain_is_changed_after_it_was_said(installation: Installation, application: Path) -> None:
    """Applications answer on their old names until their next release moves them."""
    installation.write_base(domain="home.test", gateway={"address": "127.0.0.1"})
    asked = installation.homeport("setup", cwd=installation.base_file.parent, returncode=1).stderr
    assert "the domain localhost becomes home.test" in asked
    assert "Add --yes." in asked
    installation.setup()
    assert 200 == installation.get(HOST).status
    assert "probe.home.test/" in installation.homeport("plan", cwd=application).stderr
    installation.homeport("up", "--yes", cwd=application)
    assert (200, 404) == (installation.get("probe.home.test").status, installation.get(HOST).status)


def test_the_registrys_port_is_changed(installation: Installation, application: Path) -> None:
    """Its images are the same under another address: nothing of an application is made anew."""
    old, installation.registry = installation.registry, free_port()
    before = installation.containers("probe")
    try:
        installation.write_base()
        installation.setup()
        assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout
        assert before == installation.containers("probe")
    finally:
        installation.registry = old


def test_https_comes_and_goes(installation: Installation, application: Path) -> None:
    """Without it its port is shut, so that it clashes with nobody. What is in flight is answered."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", installation.https))
    installation.write_base(gateway={"tls": "own"})
    requests = SlowRequests(installation.http, HOST)
    with requests.running():
        assert "HTTP only becomes HTTPS by the server's own authority" in installation.setup().stderr
        wait_until(lambda: installation.get(HOST).status == 308, "HTTPS")
    assert requests.answered
    assert {"status 308"} >= set(requests.cut), "later ones were led to HTTPS"
    root = installation.homeport("trust").stdout
    assert 200 == get_secure(installation.https, HOST, root).status
    assert 308 == installation.get(HOST).status
    installation.write_base()
    installation.setup()
    assert 200 == installation.get(HOST).status
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", installation.https))


def test_a_taken_https_port_is_refused_only_where_it_is_opened(installation: Installation) -> None:
    """And is named with a free one."""
    with socket.create_server(("127.0.0.1", installation.https)):
        assert NOTHING in installation.setup().stdout
        installation.write_base(gateway={"tls": "own"})
        said = refusal(installation)
    assert f"error: Port {installation.https} is taken by " in said
    assert f"gateway: {{http: {installation.http}, https: {installation.https + 1}}}" in said


def test_an_empty_second_volume_takes_another_path(installation: Installation, tmp_path: Path) -> None:
    """What an owner put at the path before stays there."""
    name = f"{installation.instance}-registry-backup"
    installation.write_base(registry={"backup": tmp_path / "second"})
    said = installation.setup().stderr
    assert f"the second volume of the registry begins at {tmp_path}/second" in said
    assert str(tmp_path / "second") == installation.client.inspect_volume(name)["Options"]["device"]
    (tmp_path / "second" / "a-copy").write_text("some")
    installation.write_base(registry={"backup": tmp_path / "third"})
    assert f"what lies at {tmp_path}/second stays there and is not moved" in installation.setup().stderr
    assert (tmp_path / "second" / "a-copy").exists()
    assert not list((tmp_path / "third").iterdir())
    assert NOTHING in installation.setup().stdout


def test_a_second_volume_with_copies_stays(installation: Installation, tmp_path: Path) -> None:
    """The engine would remove them with it; the steps that are named are a person's to take."""
    write = ["sh", "-c", "echo some >/backup/a-copy"]
    subprocess.run(["docker", "exec", "--user", "0", f"{installation.instance}-registry", *write], check=True)
    installation.write_base(registry={"backup": tmp_path / "second"})
    said = refusal(installation)
    assert f"homeport does not move them to {tmp_path}/second." in said
    (steps,) = [line.strip() for line in said.splitlines() if line.startswith("  docker rm -f")]
    for step in steps.split(" && "):
        subprocess.run(shlex.split(step), check=True, capture_output=True)
    installation.setup()
    found = installation.client.inspect_volume(f"{installation.instance}-registry-backup")
    assert str(tmp_path / "second") == found["Options"]["device"]


@pytest.mark.parametrize("network", ["data", pytest.param("edge", marks=pytest.mark.long)])
def test_a_network_changes_only_without_applications(
    installation: Installation, application: Path, network: str
) -> None:
    """Their containers keep the addresses they were given. The data of an application that was taken off stays."""
    present = json.loads((installation.server_folder / "base.json").read_text())[network]
    wanted = {"edge": "10.213.77.0/24", "data": "10.213.78.0/24"}[network]
    installation.write_base(network={network: wanted})
    said = refusal(installation)
    assert f"is {present} and cannot become {wanted} while applications are on it: probe.home." in said
    assert f"Set network.{network}: {present} in homeport.base.yaml." in said
    installation.psql("insert into things (name) values ('kept')", "probe_home")
    installation.homeport("down", "--yes", cwd=application)
    assert f"subnet {present} → {wanted}" in installation.setup().stderr
    installation.homeport("up", "--yes", cwd=application)
    assert 200 == installation.get(HOST).status
    assert "kept" in installation.psql("select name from things", "probe_home")
    installation.write_base()
    installation.homeport("down", "--yes", cwd=application)


def test_a_subnet_that_is_taken_is_refused(installation: Installation, application: Path) -> None:
    """Before what stands is taken down for it: the engine itself would say so too late, and of a route never."""
    edge = json.loads((installation.server_folder / "base.json").read_text())["edge"]
    installation.homeport("down", "--yes", cwd=application)
    before = installation.containers()
    installation.write_base(network={"data": edge})
    assert f"Network data cannot be {edge}: this machine has {edge} already" in installation.setup(returncode=1).stderr
    assert before == installation.containers()


@pytest.mark.parametrize("verb", [("plan",), ("up", "--yes")])
def test_an_application_for_another_postgres_is_refused(
    installation: Installation, application: Path, verb: tuple[str, ...]
) -> None:
    """The base has one cluster; the next step names its major."""
    write_manifest(application, database={"postgres": 16})
    try:
        refused = installation.homeport(*verb, cwd=application, returncode=1).stderr
    finally:
        write_manifest(application, database=True)
    assert "error: probe asks for Postgres 16; the base of this machine has 17.\n" in refused
    assert "Set database.postgres: 17 in homeport.yaml." in refused
