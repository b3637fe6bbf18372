"""The daily verbs from a laptop that sees nothing of the server but its sshd."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.laptop import Laptop
from tests.support.pseudo_terminal import in_terminal
from tests.support.running import Running
from tests.support.ssh_server import ssh_server

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
def laptop(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with ssh_server(tmp_path_factory.mktemp("server")) as server:
        yield Laptop(installation, server)


@pytest.fixture(scope="module")
def application(laptop: Laptop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe with a database under a name of a network at home."""
    targets = {"staging": {"kind": "docker", "hosts": [HOST]}}
    folder = probe_application(tmp_path_factory.mktemp("applications"), database=True, targets=targets)
    laptop.homeport("up", "--yes", cwd=folder)
    return folder


def test_commands_beside_the_application(laptop: Laptop, application: Path) -> None:
    """Standard input, both outputs and exit codes come over the connection, also in mass."""
    both = ("sh", "-c", "cat; echo beside >&2; exit 7")
    for verb in ("run", "exec"):
        done = laptop.homeport(verb, "staging", "api", "--", *both, cwd=application, stdin="said\n", returncode=7)
        assert "said\n" == done.stdout
        assert done.stderr.endswith("beside\n")
    text = "0123456789abcde\n" * 200_000
    assert text == laptop.homeport("exec", "api", "--", "cat", cwd=application, stdin=text).stdout
    said = laptop.homeport("psql", "staging", "--", "-At", cwd=application, stdin="SELECT current_user;").stdout
    assert "probe_staging_app\n" == said


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


def test_a_restart_over_ssh(laptop: Laptop, application: Path) -> None:
    """And why, which has nothing to explain."""
    assert "Restarted api of probe on staging.\n" == laptop.homeport("restart", "api", cwd=application).stdout
    assert 200 == laptop.installation.get(HOST).status
    assert "No release of probe on staging has failed.\n" == laptop.homeport("why", cwd=application).stdout
