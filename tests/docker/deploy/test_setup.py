"""`homeport setup` on a real engine: taken ports, nothing to do, what drifted, what changed, and what stays shut."""

import base64
import json
import os
import pty
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import docker
import pytest

from homeport.deploy.base.home.decision import decide
from homeport.events import ignore
from homeport.home.home import Home
from homeport.home.subnets import Network, choose, taken
from homeport.host import connect
from homeport.machine.images import ensure_images
from homeport.manifest import BaseFile
from tests.support.installation import Installation, probe_application, registry_password
from tests.support.lan import lan_machine
from tests.support.ports import free_port
from tests.support.running import Running

pytestmark = pytest.mark.docker
NOTHING = "Nothing to do: the base is as it should be."
LOOKED_AGAIN = "What is free is looked at again."
POSTGRES = 5432


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Installation]:
    """An instance that was not set up yet."""
    made = Installation(tmp_path)
    try:
        yield made
    finally:
        made.remove()


@contextmanager
def container_on(port: int, name: str) -> Iterator[None]:
    """A container of somebody else that publishes the port."""
    client = docker.APIClient()
    image = ensure_images(client, ignore, source=None).gateway
    publish = ["--publish", f"127.0.0.1:{port}:80"]
    command = ["docker", "run", "--detach", "--name", name, *publish, "--entrypoint", "sleep", image, "600"]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield
    finally:
        client.remove_container(name, force=True)
        client.close()


def nothing_is_made(installation: Installation) -> bool:
    """No container, network, volume or file of the instance; only its lock was taken."""
    labels = {"label": f"homeport.instance={installation.instance}"}
    client = installation.client
    made = [*client.containers(all=True, filters=labels), *client.networks(filters=labels)]
    made += client.volumes(filters=labels)["Volumes"] or []
    return not made and {"locks"} >= {path.name for path in installation.server_folder.glob("*")}


def base_file(installation: Installation) -> Path:
    return installation.folder / "infrastructure" / "homeport.base.yaml"


# ----------------------------------------------------------------- taken ports


def test_a_port_that_a_container_has_is_named_with_it(bare: Installation) -> None:
    """Nothing is made, and the next step is there: other ports, or --free-ports."""
    with container_on(bare.http, f"{bare.instance}-owner"):
        refused = bare.setup(returncode=1).stderr
    assert f"error: Port {bare.http} is taken by container {bare.instance}-owner." in refused
    assert f"gateway: {{http: {bare.http + 1}}}" in refused
    assert "homeport setup --free-ports" in refused
    assert nothing_is_made(bare)


@pytest.mark.skipif(shutil.which("ss") is None, reason="without ss, setup cannot see which program has a port")
def test_a_port_that_a_program_has_is_named_with_it(bare: Installation) -> None:
    """The program and its process, so that a person can stop it."""
    with socket.create_server(("127.0.0.1", bare.registry)):
        refused = bare.setup(returncode=1).stderr
    assert f"error: Port {bare.registry} is taken by " in refused
    assert f"(process {os.getpid()})" in refused
    assert nothing_is_made(bare)


def test_free_ports_takes_the_next_one_and_keeps_it(bare: Installation) -> None:
    """The owner is told what to write down; a second setup finds its own port and has nothing to do."""
    with container_on(bare.http, f"{bare.instance}-owner"):
        said = bare.setup("--free-ports").stderr
        assert f"port {bare.http} is taken by container {bare.instance}-owner" in said
        made = json.loads((bare.server_folder / "base.json").read_text())
        assert bare.http < made["http"]
        assert f"Set in it:\n  gateway: {{http: {made['http']}}}" in said
        assert NOTHING in bare.setup("--free-ports").stdout
        bare.http = made["http"]
        assert 404 == bare.get("nobody.localhost").status


# ------------------------------------------------------ what stands, and drift


def test_setup_twice_is_nothing_to_do(installation: Installation) -> None:
    """No container is touched."""
    before = installation.containers()
    assert NOTHING in installation.setup().stdout
    assert before == installation.containers()


def test_a_base_file_of_aws_alone_changes_no_server(installation: Installation, tmp_path: Path) -> None:
    """It names nothing of a server's: what stands there is kept, and not reset to the defaults of what is left out."""
    before = (installation.server_folder / "base.json").read_text()
    (tmp_path / "homeport.base.yaml").write_text("aws: {domain: example.com}\n")
    done = installation.homeport("setup", "--yes", cwd=tmp_path)
    assert NOTHING in done.stdout
    assert "homeport.base.yaml sets nothing of a server: what stands is kept." in done.stderr
    assert before == (installation.server_folder / "base.json").read_text()


@pytest.fixture
def application(installation: Installation, tmp_path: Path) -> Path:
    folder = probe_application(tmp_path)
    installation.homeport("up", "--yes", cwd=folder)
    return folder


def test_a_base_container_that_was_changed_or_removed_is_put_right(
    installation: Installation, application: Path
) -> None:
    """By setup alone: the applications answer again without a release."""
    gateway, registry = (f"{installation.instance}-{name}" for name in ("gateway", "registry"))
    installation.client.update_container(gateway, mem_limit=100 << 20, memswap_limit=100 << 20)
    installation.client.remove_container(registry, force=True)
    said = installation.setup().stderr
    assert "made anew: changed by hand (memory limit)" in said
    assert 256 << 20 == installation.inspect(gateway)["HostConfig"]["Memory"]
    assert installation.inspect(registry)["State"]["Running"]
    assert NOTHING in installation.setup().stdout
    assert 200 == installation.get("probe.localhost").status


def test_a_changed_base_file_is_shown_and_applied(installation: Installation, application: Path) -> None:
    """Without a yes the plan is shown and nothing changes; afterwards the applications answer on the new port."""
    old, new = installation.http, free_port()
    base_file(installation).write_text(base_file(installation).read_text().replace(f"http: {old}", f"http: {new}"))
    refused = installation.homeport("setup", cwd=base_file(installation).parent, returncode=1).stderr
    assert f"publish 127.0.0.1:{old}:8080 → 127.0.0.1:{new}:8080" in refused
    assert "no new connection for about 2 s" in refused
    assert "Add --yes." in refused
    assert 200 == installation.get("probe.localhost").status
    installation.setup()
    installation.http = new
    assert 200 == installation.get("probe.localhost").status
    assert NOTHING in installation.setup().stdout
    assert 0 == installation.homeport("plan", "--detailed-exitcode", cwd=application).returncode


# ------------------------------------------------------------------- refusals


def test_another_postgres_major_is_refused_with_words(installation: Installation, tmp_path: Path) -> None:
    """An application cannot reshape the base, and a cluster's major is not changed in place."""
    folder = probe_application(tmp_path, database={"postgres": 16})
    before = installation.containers()
    refused = installation.homeport("up", "--yes", cwd=folder, returncode=1).stderr
    assert (
        "error: probe asks for Postgres 16; the base of this machine has 17.\n"
        "Set database.postgres: 17 in homeport.yaml.\n"
    ) == refused
    wanted = base_file(installation).read_text()
    base_file(installation).write_text(f"{wanted}database: {{postgres: 16}}\n")
    refused = installation.setup(returncode=1).stderr
    base_file(installation).write_text(wanted)
    assert "The cluster of this machine is Postgres 17 and cannot become 16 in place." in refused
    assert before == installation.containers()


def test_a_postgres_that_the_image_is_not_is_refused(bare: Installation) -> None:
    """Or applications would be told, for as long as the base stands, that they are on another than they are."""
    bare.write_base(database={"postgres": 16})
    said = bare.setup(returncode=1).stderr
    assert "The base asks for Postgres 16; homeport's image has 17." in said
    assert "Set database.postgres: 17 in homeport.base.yaml." in said
    assert nothing_is_made(bare)


@pytest.mark.parametrize("verb", [("up", "--yes"), ("plan",)])
def test_without_a_base_setup_is_named(bare: Installation, tmp_path: Path, verb: tuple[str, ...]) -> None:
    """The next step of a person who began with `up`."""
    folder = probe_application(tmp_path)
    refused = bare.homeport(*verb, cwd=folder, returncode=1).stderr
    assert "error: There is no base on this machine yet.\nRun: homeport setup\n" == refused
    assert nothing_is_made(bare)


# ------------------------------------------------------------------- the doors


def start_upload(installation: Installation, repository: str, password: str | None) -> tuple[int, str]:
    """Ask the registry for an upload, as a push begins; its status and body."""
    address = f"http://127.0.0.1:{installation.registry}/v2/{repository}/blobs/uploads/"
    request = urllib.request.Request(address, method="POST")
    if password is not None:
        login = base64.b64encode(f"homeport:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_registry_takes_three_namespaces_only(installation: Installation) -> None:
    """The refusal is the OCI distribution spec's error body, so that every client shows its words."""
    password = registry_password(installation)
    status, body = start_upload(installation, "other/x", password)
    (error,) = json.loads(body)["errors"]
    assert (403, "DENIED") == (status, error["code"])
    assert "api/, site/ and model/" in error["message"]
    assert ["202"] * 3 == [
        str(start_upload(installation, f"{space}/x", password)[0]) for space in ("api", "site", "model")
    ]


def test_the_registry_asks_for_its_password(installation: Installation) -> None:
    """Loopback is no login: every user of the server reaches it."""
    for password in (None, "wrong"):
        status, body = start_upload(installation, "api/x", password)
        assert 401 == status
        assert "UNAUTHORIZED" == json.loads(body)["errors"][0]["code"]


def test_postgres_is_not_reached_from_the_lan(installation: Installation) -> None:
    """It is published nowhere, and the server routes nobody into its network."""
    found = installation.inspect(f"{installation.instance}-postgres")
    (network,) = found["NetworkSettings"]["Networks"].values()
    assert not any(found["NetworkSettings"]["Ports"].values())
    assert installation.client.inspect_network(f"{installation.instance}-data")["Internal"]
    socket.create_connection((network["IPAddress"], POSTGRES), timeout=2).close()  # it does listen there
    with lan_machine(installation.instance) as machine, socket.create_server((machine.server, 0)) as listener:
        assert machine.reaches(machine.server, listener.getsockname()[1]), "the cable is in"
        assert not machine.reaches(machine.server, POSTGRES)
        assert not machine.reaches(network["IPAddress"], POSTGRES)


def test_a_subnet_that_another_took_meanwhile_is_chosen_anew(bare: Installation) -> None:
    """Two setups may choose the same in the same second: the one that comes too late is run again, and goes on."""
    assert 0 == bare.setup().returncode
    chosen = json.loads((bare.server_folder / "base.json").read_text())["edge"]
    bare.remove_engine_objects()
    other = bare.client.create_network(
        f"{bare.instance}-other", ipam={"Driver": "default", "Config": [{"Subnet": chosen}]}
    )
    try:
        assert 0 == bare.setup().returncode
        assert chosen != json.loads((bare.server_folder / "base.json").read_text())["edge"]
    finally:
        bare.client.remove_network(other["Id"])


def test_a_subnet_taken_as_soon_as_it_was_chosen_is_no_fault_of_the_owner(
    bare: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody named it: it is found when the network is made, and chosen anew, as above."""
    made: list[str] = []

    def overtaken(present: list[Network], *, instance: str) -> str:
        subnet = choose(present, instance=instance)
        pool = {"Driver": "default", "Config": [{"Subnet": subnet}]}
        made.append(bare.client.create_network(f"{instance}-other{len(made)}", ipam=pool)["Id"])
        return subnet

    monkeypatch.setattr("homeport.home.subnets.choose", overtaken)
    home = Home(connect("local"), bare.instance, "", bare.client)
    try:
        base = decide(home, None, BaseFile(), free_ports=True, emit=ignore)
        assert {str(network) for network in taken(home)} >= {base.edge, base.data}
    finally:
        for network in made:
            bare.client.remove_network(network)


@contextmanager
def asked(installation: Installation, *arguments: str) -> Iterator[tuple[Running, Callable[[], int]]]:
    """A `setup` that has shown its plan and waits for a yes, and what says it; it may ask again."""
    person, terminal = pty.openpty()
    place = installation.base_file.parent if installation.base_file.exists() else installation.folder
    process = installation.start("setup", *arguments, cwd=place, stdin=terminal)
    try:
        running = Running(process)
        running.wait_for("+ container registry")
        yield running, partial(os.write, person, b"y\n")
    finally:
        os.close(person)
        os.close(terminal)


def test_who_comes_second_to_a_subnet_chooses_another(bare: Installation) -> None:
    """Somebody makes a network on the very subnet between the plan and the yes: setup goes on with another."""
    with asked(bare, "--free-ports") as (running, say_yes):
        subnet = choose(taken(Home(connect("local"), bare.instance, "", bare.client)), instance=bare.instance)
        pool = {"Driver": "default", "Config": [{"Subnet": subnet}]}
        made = bare.client.create_network(f"{bare.instance}-other", ipam=pool)
        try:
            say_yes()
            say_yes()
            assert 0 == running.wait(), running.output
        finally:
            bare.client.remove_network(made["Id"])
    assert "Another subnet is chosen." in running.output
    assert subnet not in json.loads((bare.server_folder / "base.json").read_text()).values()


def test_who_comes_second_to_a_port_takes_the_next(bare: Installation) -> None:
    """Somebody listens on the very port between the plan and the yes: with --free-ports setup goes on with another."""
    bare.write_base()
    with asked(bare, "--free-ports") as (running, say_yes), socket.create_server(("127.0.0.1", bare.http)):
        say_yes()
        say_yes()
        assert 0 == running.wait(), running.output
    assert LOOKED_AGAIN in running.output
    assert bare.http < json.loads((bare.server_folder / "base.json").read_text())["http"]


def test_who_comes_second_to_a_port_is_told_who_has_it(bare: Installation) -> None:
    """The owner chose that port: what is to be done about it is theirs to say."""
    bare.write_base()
    with asked(bare) as (running, say_yes), socket.create_server(("127.0.0.1", bare.registry)):
        say_yes()
        assert 1 == running.wait(), running.output
    assert LOOKED_AGAIN in running.output
    assert f"error: Port {bare.registry} is taken by " in running.output
    assert 0 == bare.setup().returncode


def test_a_port_that_was_taken_for_a_moment_is_taken_then(bare: Installation) -> None:
    """An outgoing connection may have it, which is no listener that could be named: once it ended, setup goes on."""
    bare.write_base()
    with asked(bare) as (running, say_yes):
        with socket.socket() as connection:
            connection.bind(("127.0.0.1", bare.http))
            say_yes()
            running.wait_for(LOOKED_AGAIN)
        say_yes()
        assert 0 == running.wait(), running.output
    assert bare.http == json.loads((bare.server_folder / "base.json").read_text())["http"]
