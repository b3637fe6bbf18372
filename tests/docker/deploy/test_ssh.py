"""What is SSH's own, from a laptop that sees nothing of the server but its sshd. For the verbs see test_ssh_verbs."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.support.installation import probe_application
from tests.support.laptop import Laptop
from tests.support.pseudo_terminal import in_terminal
from tests.support.running import Running

pytestmark = pytest.mark.docker
HOST = "probe.home.lan"  # no browser knows it
# Three requests of a client that would keep its connection alive, as browsers would.
ASK = """
import http.client, sys
name = sys.argv[1].split("/")[2]
connection = http.client.HTTPConnection("127.0.0.1", int(name.partition(":")[2]))
for method in ("GET", "POST", "GET"):
    connection.request(method, "/", body="x" * 100_000 if method == "POST" else None, headers={"Host": name})
    answer = connection.getresponse()
    print(answer.status, answer.read().decode().strip())
"""


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
    running = Running(laptop.start("open", "--no-browser", cwd=application))
    try:
        running.wait_for("until Ctrl-C")
        url = next(line.strip() for line in running.lines if line.startswith("http"))
        assert f"http://probe.localhost:{laptop.installation.http}/" == url
        assert ["200 1"] * 3 == laptop.run([sys.executable, "-c", ASK, url]).splitlines()
    finally:
        running.signal_command(signal.SIGINT)
        assert 130 == running.wait()
