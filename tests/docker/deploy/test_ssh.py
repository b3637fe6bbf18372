"""What is SSH's own, from a laptop that sees nothing of the server but its sshd. For the verbs see test_ssh_verbs."""

from __future__ import annotations

import json
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from homeport.terraform import find
from tests.support.installation import probe_application
from tests.support.laptop import Laptop
from tests.support.pseudo_terminal import in_terminal
from tests.support.running import Running, wait_until
from tests.support.terraform import database_root

pytestmark = pytest.mark.docker
HOST = "probe.home.lan"  # no browser knows it


@pytest.fixture(scope="module")
def application(laptop: Laptop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe with a database under a name of a network at home."""
    targets = {"staging": {"kind": "docker", "hosts": [HOST]}}
    folder = probe_application(tmp_path_factory.mktemp("applications"), database=True, targets=targets)
    laptop.homeport("up", "--yes", cwd=folder)
    return folder


def test_both_ways_to_a_server_are_one_server(laptop: Laptop, application: Path) -> None:
    """What was released over SSH is nothing to do for `local`, and the other way round."""
    assert "1\n" == laptop.installation.get(HOST).body
    assert "Nothing to do" in laptop.installation.homeport("up", "--yes", cwd=application).stdout
    assert "Nothing to do" in laptop.homeport("up", "--yes", cwd=application).stdout


def test_another_installation_than_before_is_refused(laptop: Laptop, application: Path) -> None:
    """A name may lead elsewhere by now: nothing is done there until `setup` is told that it is right."""
    laptop.homeport("status", cwd=application)
    record, base = laptop.installation.server_folder / "base.json", laptop.installation.base_file.parent
    before = record.read_text()
    try:
        record.write_text(json.dumps({**json.loads(before), "id": "another"}))
        refused = laptop.homeport("up", "--yes", cwd=application, returncode=1)
        assert f"This is not the server that {laptop.server.address} was" in refused.stderr
        assert f"homeport setup --host {laptop.server.address}" in refused.stderr
        laptop.homeport("setup", "--yes", cwd=base)
        laptop.homeport("status", cwd=application)
    finally:
        record.write_text(before)
        laptop.homeport("setup", "--yes", cwd=base)


def test_much_goes_both_ways(laptop: Laptop, application: Path) -> None:
    """Standard input and output of a command come over the connection whole."""
    text = "0123456789abcde\n" * 200_000
    assert text == laptop.homeport("exec", "api", "--", "cat", cwd=application, stdin=text).stdout


def test_a_terminal_over_ssh(laptop: Laptop, application: Path) -> None:
    """The same as on the server itself."""
    with in_terminal(laptop.command("psql"), cwd=application, environment=laptop.environment()) as terminal:
        terminal.shows("probe_staging=> ")
        terminal.types("SELECT 'the ' || 'answer';\r")
        terminal.shows("the answer")
        terminal.types("\\q\r")
        assert 0 == terminal.wait()
        assert terminal.is_as_before()


def test_ctrl_c_and_a_kill_over_ssh(laptop: Laptop, application: Path) -> None:
    """A one-off is stopped by Ctrl-C; one whose connection has gone is removed by the next."""
    waits = (
        "run",
        "api",
        "--",
        "sh",
        "-c",
        "trap 'echo has ended; exit' INT; echo has begun; while :; do sleep 0.1; done",
    )
    running = Running(laptop.start(*waits, cwd=application))
    running.wait_for("has begun")
    running.signal_command(signal.SIGINT)
    assert 130 == running.wait()
    assert "has ended" in running.output
    running = Running(laptop.start(*waits, cwd=application))
    running.wait_for("has begun")
    running.signal_command(signal.SIGKILL)
    running.wait()
    labels = {"label": [f"homeport.instance={laptop.installation.instance}", "homeport.one-off=probe.staging"]}
    client = laptop.installation.client
    assert 1 == len(client.containers(all=True, filters=labels))
    laptop.homeport("run", "api", "--", "true", cwd=application)
    assert [] == client.containers(all=True, filters=labels)


def test_a_connection_that_ends_is_said(laptop: Laptop, application: Path) -> None:
    """In words and at once, whatever was under way; a one-off of it is removed by the next."""
    for verb in ("exec", "run"):
        running = Running(laptop.start(verb, "api", "--", "sh", "-c", "echo has begun; sleep 30", cwd=application))
        running.wait_for("has begun")
        laptop.server.end_sessions()
        assert 1 == running.wait()
        assert "error: " in running.output
        assert "Traceback" not in running.output
    assert "whoever ran it was killed" in laptop.homeport("run", "api", "--", "true", cwd=application).stderr


def test_open_needs_no_name_server(laptop: Laptop, application: Path) -> None:
    """A name below localhost leads to the application through the connection, whatever the gateway calls it."""
    with laptop.opened(application) as url:
        assert f"http://probe.localhost:{laptop.installation.http}/" == url
        assert ["200 1 http"] * 3 == laptop.ask(url)


def test_the_provider_is_served_with_a_state_over_ssh(laptop: Laptop, application: Path, tmp_path: Path) -> None:
    """A plain Terraform there has nothing to change; nobody deploys meanwhile, and afterwards who likes."""
    laptop.homeport("render", "--out", str(tmp_path), cwd=application)
    with _served(laptop, "staging", "--host", laptop.server.address, cwd=application) as lines:
        _terraform(laptop, tmp_path, lines, "init -reconfigure")
        _terraform(laptop, tmp_path, lines, "plan -detailed-exitcode")  # 2 would say that there are changes
        locked = laptop.homeport("up", "--yes", cwd=application, returncode=1).stderr
        assert "(homeport provider serve)" in locked
    assert "Nothing to do" in laptop.homeport("up", "--yes", cwd=application).stdout


@pytest.mark.usefixtures("application")  # it has made the folders that a first database makes
def test_the_provider_is_served_for_a_root_that_names_the_server(laptop: Laptop, tmp_path: Path) -> None:
    """Whose connection is opened when Terraform asks for it."""
    (tmp_path / "main.tf").write_text(database_root(laptop.installation.instance, laptop.server.address))
    with _served(laptop, cwd=tmp_path) as lines:
        assert not _started_on(laptop.server.ip)
        _terraform(laptop, tmp_path, lines, "apply -auto-approve")
        assert _started_on(laptop.server.ip)
        assert "by_hand" == laptop.installation.psql("SELECT datname FROM pg_database WHERE datname = 'by_hand'")
        _terraform(laptop, tmp_path, lines, "destroy -auto-approve")


@contextmanager
def _served(laptop: Laptop, *arguments: str, cwd: Path) -> Iterator[str]:
    """The lines that `provider serve` prints there, until Ctrl-C; then nothing of it is left on the server."""
    before = _left_on(laptop)
    running = Running(laptop.start("provider", "serve", *arguments, cwd=cwd))
    try:
        running.wait_for("Serving until Ctrl-C")
        lines = [line for line in running.lines if line.startswith("export ")]
        assert lines[0].startswith("export TF_REATTACH_PROVIDERS=")
        yield "".join(lines)
    finally:
        running.signal_command(signal.SIGINT)
        assert 0 == running.wait(), running.output
    assert "Stopped serving." in running.output
    wait_until(lambda: not _started_on(laptop.server.ip), "the end of what was started there")
    assert before == _left_on(laptop)


def _terraform(laptop: Laptop, folder: Path, lines: str, arguments: str) -> None:
    """Plain Terraform on the laptop, in a shell to which the lines were pasted."""
    laptop.run(["sh", "-ec", f"cd {folder}\n{lines}exec {shlex.join(find().command)} {arguments}"])


def _left_on(laptop: Laptop) -> tuple[dict[str, str], set[Path]]:
    """The installation's containers and files."""
    return laptop.installation.containers(), {*laptop.installation.server_folder.rglob("*")}


def _started_on(ip: str) -> set[str]:
    """The process ids of what was started by a login to the server, and still runs."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            login = next(
                (one for one in (process / "environ").read_bytes().split(b"\0") if b"SSH_CONNECTION=" in one), b""
            )
            found |= {process.name} if ip.encode() in login.split() else set()
    return found
