"""`homeport doctor`: planted problems are found, and the commands that it prints mend them, on a real engine."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.other_images import other_service_images
from tests.support.ports import free_port
from tests.support.ssh_server import ssh_server

pytestmark = pytest.mark.docker
ASKING = ("homeport setup", "homeport up")  # verbs that ask before they change something
BACKUP_SIZE, FILLER = 1200 << 20, 400 << 20  # bytes: with the filler less than a gigabyte is free


@dataclass(frozen=True)
class Finding:
    """One line of the examination."""

    check: str
    level: str
    text: str
    mend: str


@dataclass
class Patient:
    """An installation whose registry has its second volume on a small disk, and an application on it."""

    installation: Installation
    application: Path
    backup: Path

    def examine(self, **variables: str) -> list[Finding]:
        """All that is not right; the exit code says whether any of it is wrong."""
        self.installation.variables = variables
        done = self.installation.homeport("doctor", "--json", cwd=self.application, returncode=None)
        self.installation.variables = {}
        assert "" == done.stderr
        (examined,) = json.loads(done.stdout)
        found = [Finding(**one) for one in examined["findings"]]
        assert (1 if any(one.level == "wrong" for one in found) else 0) == done.returncode
        return [one for one in found if one.level != "ok"]

    def mend(self, command: str) -> None:
        """Run a printed command as it stands, where it was printed; a question is answered with yes."""
        line = f"{command} --yes" if any(verb in command for verb in ASKING) else command
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**self.installation.environment(), "PATH": path}
        done = subprocess.run(
            ["sh", "-c", line], cwd=self.application, env=environment, capture_output=True, text=True, timeout=180
        )
        assert 0 == done.returncode, f"{line}\n{done.stdout}\n{done.stderr}"

    @property
    def folder(self) -> Path:
        return self.installation.server_folder


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """It stands on other service images than this homeport's: the first problem."""
    folder = tmp_path_factory.mktemp("patient")
    made = Installation(folder)
    backup = folder / "second-disk"
    with other_service_images(folder, made.instance) as variables, small_disk(backup):
        try:
            place = folder / "infrastructure"
            place.mkdir()
            (place / "homeport.base.yaml").write_text(
                f"instance: {made.instance}\ngateway: {{http: {made.http}, https: {free_port()}}}\n"
                f"registry: {{port: {made.registry}, backup: {backup / 'registry'}}}\n"
            )
            made.variables = variables
            made.setup("--images", "built")
            made.variables = {}
            targets = {"home": {"kind": "docker", "hosts": ["probe.localhost", f"{made.instance}.invalid"]}}
            application = probe_application(folder, database=True, targets=targets)
            made.homeport("up", "--yes", cwd=application)
            yield Patient(made, application, backup)
        finally:
            made.remove()


@contextmanager
def small_disk(path: Path) -> Iterator[None]:
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={BACKUP_SIZE}", "tmpfs", str(path)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


# ------------------------------------------------------------ what is planted


@contextmanager
def open_secrets(patient: Patient) -> Iterator[None]:
    (patient.folder / "secrets").chmod(0o755)
    yield


@contextmanager
def open_secret(patient: Patient) -> Iterator[None]:
    (patient.folder / "secrets" / "base.json").chmod(0o644)
    yield


@contextmanager
def record_of_the_future(patient: Patient) -> Iterator[None]:
    path = patient.folder / "releases" / "probe.home" / "00000001.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "started": "2099-01-01T00:00:00+00:00"}))
    yield


@contextmanager
def stray_container(patient: Patient) -> Iterator[None]:
    labels = {"instance": patient.installation.instance, "application": "probe", "target": "home", "service": "api"}
    client, gateway = patient.installation.client, f"{patient.installation.instance}-gateway"
    image = client.inspect_container(gateway)["Config"]["Image"]
    name = f"{patient.installation.instance}-stray"
    labelled = {f"homeport.{key}": value for key, value in labels.items()}
    client.create_container(image, ["sleep", "600"], name=name, labels=labelled)
    yield


@contextmanager
def overlapping_route(patient: Patient) -> Iterator[None]:
    """A LAN, or a VPN, that came up after the base was made."""
    subnet = ipaddress.ip_network(json.loads((patient.folder / "base.json").read_text())["edge"])
    device = f"{patient.installation.instance}-v"
    subprocess.run(["ip", "link", "add", device, "type", "veth", "peer", "name", f"{device}-far"], check=True)
    try:
        for end in (device, f"{device}-far"):
            subprocess.run(["ip", "link", "set", end, "up"], check=True)
        last = list(subnet.subnets(new_prefix=28))[-1]
        subprocess.run(["ip", "route", "add", str(last), "dev", device], check=True)
        yield
    finally:
        subprocess.run(["ip", "link", "del", device], check=True)


@contextmanager
def removed_route_file(patient: Patient) -> Iterator[None]:
    (file,) = (patient.folder / "gateway" / "conf.d").glob("route-probe.localhost-*.cfg")
    file.unlink()
    yield


@contextmanager
def left_lock(patient: Patient) -> Iterator[None]:
    """A command of ours was killed, and what it started goes on with its lock."""
    from homeport.deploy.identity import who

    path = patient.folder / "locks" / "ghost.home"
    with subprocess.Popen(["flock", str(path), "sleep", "300"]) as holding:
        ended = subprocess.Popen(["true"])
        ended.wait()
        path.with_name("ghost.home.holder").write_text(f"{who()} pid {ended.pid}\n2026-01-01T00:00:00Z\n")
        while subprocess.run(["flock", "--nonblock", str(path), "true"], check=False).returncode == 0:
            pass
        try:
            yield
        finally:
            holding.terminate()


@contextmanager
def no_way_back(patient: Patient) -> Iterator[None]:
    patient.installation.client.update_container(
        f"{patient.installation.instance}-postgres", restart_policy={"Name": "no"}
    )
    yield


@contextmanager
def nothing_more(patient: Patient) -> Iterator[None]:
    """It is there already."""
    yield


@contextmanager
def unknown_host(patient: Patient) -> Iterator[None]:
    """The host name of the manifest that no resolver knows; the line that the mend writes goes again."""
    hosts = Path("/etc/hosts")
    try:
        yield
    finally:
        mine = f"{patient.installation.instance}.invalid"
        hosts.write_text("".join(line for line in hosts.read_text().splitlines(keepends=True) if mine not in line))


@contextmanager
def full_disk(patient: Patient) -> Iterator[None]:
    filler = patient.backup / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, FILLER)
    yield


Plant = Callable[[Patient], AbstractContextManager[None]]
# Each with the check that finds it, and what the finding says. The mends are run in this order.
PLANTED: list[tuple[Plant, str, str]] = [
    (stray_container, "strays", "-stray belongs to nothing that was released"),
    (open_secrets, "secrets", "secrets is open to others (mode 755)"),
    (open_secret, "secrets", "base.json is open to others (mode 644)"),
    (overlapping_route, "networks", "one of the two is cut off"),
    (no_way_back, "containers", "postgres does not come back when the engine starts again"),
    (left_lock, "locks", "ghost.home is still held for"),
    (
        removed_route_file,
        "gateway",
        "probe.localhost/ (of probe.home) is not as it was left: the route's file is missing",
    ),
    (record_of_the_future, "clock", "release 1 of probe.home claims to be of 2099-01-01"),
    (unknown_host, "names", ".invalid leads nowhere from here"),
    (nothing_more, "versions", "other service images than this homeport's: registry, postgres, gateway, flyway"),
]


def the_one(found: list[Finding], check: str, text: str) -> Finding:
    wanted = [one for one in found if one.check == check and text in one.text]
    assert 1 == len(wanted), f"{check}: {text}\n{found}"
    return wanted[0]


def test_each_planted_problem_is_found_and_its_mend_works(patient: Patient) -> None:
    """All at once, as they come; every printed command is run as it stands, and afterwards nothing of it is left."""
    with ExitStack() as planted:
        for plant, _, _ in PLANTED:
            planted.enter_context(plant(patient))
        found = patient.examine()
        for _, check, text in PLANTED:
            patient.mend(the_one(found, check, text).mend)
        left = patient.examine()
        for _, check, text in PLANTED:
            assert [] == [one for one in left if one.check == check and text in one.text]
        assert [] == [one for one in left if one.level == "wrong"]
        assert 200 == patient.installation.get("probe.localhost").status


def test_a_full_second_volume_is_found_and_what_fills_it_is_shown(patient: Patient) -> None:
    """The mend shows where the bytes are; what to remove only a person knows."""
    with full_disk(patient):
        finding = the_one(patient.examine(), "disk", "where the registry's second volume is")
        assert "wrong" == finding.level
        assert finding.text.startswith("only 0.8 GB of 1.3 GB are free")
        patient.mend(finding.mend)
        (patient.backup / "filler").unlink()
    assert [] == [one for one in patient.examine() if one.check == "disk"]


def test_a_missing_terraform_is_found(patient: Patient, tmp_path: Path) -> None:
    """On this machine, whatever the server is like; the mend brings one, and with one on PATH all is well."""
    (tmp_path / "python3").symlink_to(sys.executable)
    found = patient.examine(PATH=str(tmp_path), HOMEPORT_TERRAFORM="")
    if shutil.which("terraform") or shutil.which("tofu"):
        finding = the_one(found, "terraform", "Neither terraform nor tofu is on PATH")
        assert ("wrong", "pipx install --force 'homeport[terraform]'") == (finding.level, finding.mend)
    assert [] == [one for one in patient.examine() if one.check == "terraform"]


def test_a_base_that_lies_on_the_ground_is_found_and_set_up_again(patient: Patient) -> None:
    """The registry and Postgres are stopped, gateway and front are gone, and a program has taken the front's port."""
    installation = patient.installation
    client, instance = installation.client, installation.instance
    for service in ("registry", "postgres"):
        client.stop(f"{instance}-{service}", timeout=10)
    for service in ("gateway", "front"):
        client.remove_container(f"{instance}-{service}", force=True)
    with socket.create_server(("127.0.0.1", installation.http)):
        found = patient.examine()
        for check, text in (
            ("containers", "front is gone"),
            ("containers", "gateway is gone"),
            ("containers", "registry is stopped"),
            ("containers", "postgres is stopped"),
            ("postgres", "does not answer"),
            ("gateway", "does not run"),
        ):
            assert f"homeport setup --instance {instance}" == the_one(found, check, text).mend
        taken = the_one(found, "ports", f"{installation.http} is taken by ")
        assert str(os.getpid()) in taken.text
        patient.mend(taken.mend)
        assert [] == [one for one in patient.examine() if one.level == "wrong" and one.check != "names"]
        installation.http = json.loads((patient.folder / "base.json").read_text())["http"]
        assert 200 == installation.get("probe.localhost").status


def test_over_ssh_the_same_is_found_and_mends_lead_there(patient: Patient, tmp_path: Path) -> None:
    """Of the server's disks, files and routes nothing is here; a command that mends is one of ssh."""
    local = patient.examine()
    with ssh_server(tmp_path) as server, open_secret(patient):
        variables = {**patient.installation.environment(), **server.environment(), "HOMEPORT_HOST": server.address}
        command = [*server.prefix([patient.folder]), *patient.installation.command("doctor", "--json")]
        done = subprocess.run(
            command, cwd=patient.application, env=variables, capture_output=True, text=True, timeout=180
        )
        (examined,) = json.loads(done.stdout)
        found = [Finding(**one) for one in examined["findings"] if one["level"] != "ok"]
        opened = the_one(found, "secrets", "base.json is open to others")
        assert opened.mend.startswith("ssh ") and "chmod go= " in opened.mend
        others = {one.check for one in found} - {"names"}  # names lead elsewhere from another machine
        assert {one.check for one in local} - {"names"} | {"secrets"} == others
        (patient.folder / "secrets" / "base.json").chmod(0o600)


def test_an_engine_that_does_not_answer_is_a_finding(tmp_path: Path) -> None:
    """No traceback and no other check: the mend is the next step."""
    bare = Installation(tmp_path)
    bare.variables = {"DOCKER_HOST": f"unix://{tmp_path}/nobody.sock"}
    done = bare.homeport("doctor", "--json", returncode=1)
    (examined,) = json.loads(done.stdout)
    engine: dict[str, Any] = next(one for one in examined["findings"] if one["check"] == "engine")
    assert "wrong" == engine["level"]
    assert "There is no Docker engine on this machine" in engine["text"]


def test_a_server_without_a_base_is_told_to_set_one_up(tmp_path: Path) -> None:
    """That is wrong, and the only thing to do."""
    bare = Installation(tmp_path)
    done = bare.homeport("doctor", returncode=1)
    assert "There is no base on this machine yet." in done.stdout
    assert f"homeport setup --instance {bare.instance}" in done.stdout
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(bare.server_folder)
