"""`run`, `exec` and `psql`: commands beside an application."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.pseudo_terminal import PseudoTerminal, in_terminal
from tests.support.running import Running, wait_until

pytestmark = pytest.mark.docker
HOST = "probe.localhost"
WAITS = ("sh", "-c", "trap 'echo has ended; exit 3' INT; echo has begun; while :; do sleep 0.1; done")
BOTH = ("sh", "-c", "cat; echo beside >&2; exit 7")


@pytest.fixture(scope="module")
def application(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe with a database, a secret and a worker, released."""
    services = {
        "api": {"route": "/", "secrets": ["TOKEN"], "environment": {"LEVEL": "info"}},
        "worker": {"port": None, "healthcheck": None, "environment": {"WORKER": "1"}},
    }
    folder = probe_application(tmp_path_factory.mktemp("applications"), services=services, database=True)
    installation.homeport("secret", "set", "TOKEN", cwd=folder, stdin="hidden")
    installation.homeport("up", "--yes", cwd=folder)
    return folder


@pytest.fixture(autouse=True)
def nothing_is_left(installation: Installation, application: Path) -> Iterator[None]:
    """Whatever a test did, no one-off and no lock of one stays."""
    yield
    assert [] == one_offs(installation)
    assert [] == list((installation.server_folder / "locks" / "one-offs").glob("*"))


def one_offs(installation: Installation) -> list[str]:
    labels = [f"homeport.instance={installation.instance}", "homeport.one-off=probe.home"]
    return [one["Names"][0] for one in installation.client.containers(all=True, filters={"label": labels})]


# ------------------------------------------------------------------------------------------------- run


def test_a_one_off_is_like_its_service(installation: Installation, application: Path) -> None:
    """The same variables (its secrets and its database among them), limits and rights, but no address of a route."""
    seen = [
        installation.homeport(verb, "api", "--", "sh", "-c", "env | sort", cwd=application).stdout
        for verb in ("run", "exec")
    ]
    assert "TOKEN=hidden" in seen[0]
    assert "DATABASE_URL=postgresql://" in seen[0]
    assert seen[0] == seen[1]
    with _waiting(installation, application) as running:
        (name,) = one_offs(installation)
        (service,) = [name for name in installation.containers("probe") if "-api-" in name]
        one, other = installation.inspect(name), installation.inspect(service)
        differing = {key for key, value in other["HostConfig"].items() if one["HostConfig"][key] != value}
        assert {"RestartPolicy"} == differing
        assert one["Image"] == other["Image"]
        assert set(one["NetworkSettings"]["Networks"]) == set(other["NetworkSettings"]["Networks"])
        running.signal_command(signal.SIGINT)
        assert 130 == running.wait()


def test_what_a_one_off_says_and_how_it_ends(installation: Installation, application: Path) -> None:
    """Standard input is passed, both outputs stay apart, and the exit code is the command's own."""
    done = installation.homeport("run", "api", "--", *BOTH, cwd=application, stdin="said\n", returncode=7)
    assert "said\n" == done.stdout
    assert done.stderr.endswith("beside\n")


def test_much_passes_both_ways(installation: Installation, application: Path) -> None:
    """More than any buffer holds, each way at once."""
    text = "0123456789abcde\n" * 200_000
    assert text == installation.homeport("run", "api", "--", "cat", cwd=application, stdin=text).stdout
    assert text == installation.homeport("exec", "api", "--", "cat", cwd=application, stdin=text).stdout


def test_a_command_that_is_not_there(installation: Installation, application: Path) -> None:
    """127, as a shell says, and the engine's words for it; never a traceback."""
    done = installation.homeport("run", "api", "--", "not-there", cwd=application, returncode=127)
    assert "not-there" in done.stderr
    assert "Traceback" not in done.stderr
    done = installation.homeport("exec", "api", "--", "not-there", cwd=application, returncode=126)
    assert "not-there" in done.stdout + done.stderr


def test_a_one_off_is_nobody_else(installation: Installation, application: Path) -> None:
    """Neither status, nor a plan, nor the sweep after a release takes it for a container of the application."""
    with _waiting(installation, application) as running:
        status = installation.homeport("status", cwd=application).stdout
        assert 1 == status.count("-api-")
        assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout
        assert 200 == installation.get(HOST).status
        assert 1 == len(one_offs(installation))
        running.signal_command(signal.SIGINT)
        assert 130 == running.wait()
        assert "has ended" in running.output


@pytest.mark.parametrize("comes_next", [("run", "worker", "--", "true"), ("up", "--yes")])
def test_what_a_kill_left_is_removed_by_the_next(
    installation: Installation, application: Path, comes_next: tuple[str, ...]
) -> None:
    """A killed command line leaves its one-off running: whoever comes next finds it, and removes it."""
    with _waiting(installation, application) as running:
        running.signal_command(signal.SIGKILL)
        running.wait()
    assert 1 == len(one_offs(installation))
    installation.homeport(*comes_next, cwd=application)


def test_a_closed_terminal_leaves_nothing(installation: Installation, application: Path) -> None:
    """SIGTERM and SIGHUP end a one-off as Ctrl-C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        with _waiting(installation, application) as running:
            running.signal_command(number)
            assert 128 + number == running.wait()


def _waiting(installation: Installation, application: Path, verb: str = "run") -> _Waiting:
    return _Waiting(Running(installation.start(verb, "api", "--", *WAITS, cwd=application)))


class _Waiting:
    """A command that has begun; killed at the end if it has not ended."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def __enter__(self) -> Running:
        self._running.wait_for("has begun")
        return self._running

    def __exit__(self, *error: object) -> None:
        self._running.process.kill()
        self._running.wait()


# ------------------------------------------------------------------------------------------------ exec


def test_what_a_command_in_the_service_says_and_how_it_ends(installation: Installation, application: Path) -> None:
    """As with `run`, but in the container that serves."""
    done = installation.homeport("exec", "api", "--", *BOTH, cwd=application, stdin="said\n", returncode=7)
    assert ("said\n", "beside\n") == (done.stdout, done.stderr)
    installation.homeport("exec", "api", "--", "touch", "/tmp/mark", cwd=application)
    assert "mark" in installation.homeport("exec", "home", "api", "--", "ls", "/tmp", cwd=application).stdout


def test_ctrl_c_reaches_a_command_in_the_service(installation: Installation, application: Path) -> None:
    """Without a terminal too: the command gets its SIGINT, its last words are shown."""
    with _waiting(installation, application, "exec") as running:
        running.signal_command(signal.SIGINT)
        assert 130 == running.wait()
        assert "has ended" in running.output


def test_a_service_that_does_not_run_is_refused(installation: Installation, application: Path) -> None:
    """With those that do; an unknown name with the one that was meant; a command line without a command by code 2."""
    refused = installation.homeport("exec", "apo", "--", "true", cwd=application, returncode=1).stderr
    assert 'has no service "apo" (did you mean "api"?)' in refused
    refused = installation.homeport("run", "wroker", "--", "true", cwd=application, returncode=1).stderr
    assert '(did you mean "worker"?)' in refused
    assert "stands after --" in installation.homeport("exec", "api", cwd=application, returncode=2).stderr
    (worker,) = [name for name in installation.containers("probe") if "-worker-" in name]
    installation.client.stop(worker, timeout=1)
    try:
        refused = installation.homeport("exec", "worker", "--", "true", cwd=application, returncode=1).stderr
        assert "no running worker on home" in refused
        assert "Running are: api." in refused
    finally:
        installation.client.start(worker)


@pytest.mark.parametrize("verb", ["exec", "run"])
def test_a_terminal(installation: Installation, application: Path, verb: str) -> None:
    """Every key reaches the command, its terminal has the size of ours and follows it, and ours is as it was."""
    with in_terminal(
        installation.command(verb, "api", "--", "python", "-q"),
        cwd=application,
        environment=installation.environment(),
        rows=30,
        columns=100,
    ) as terminal:
        terminal.shows(">>> ")
        assert terminal.is_raw()
        _has_size(terminal, "(columns=100, lines=30)")
        terminal.has_size(40, 120)
        _has_size(terminal, "(columns=120, lines=40)")
        terminal.types("\x03")
        terminal.shows("KeyboardInterrupt")
        terminal.types("import sys; sys.exit(5)\r")
        assert 5 == terminal.wait()
        assert terminal.is_as_before()


def _has_size(terminal: PseudoTerminal, size: str) -> None:
    """The size comes a moment after the command has started, or ours has changed."""
    terminal.types("import os, time\r")

    def is_shown() -> bool:
        terminal.types("os.get_terminal_size()\r")
        return size.encode() in terminal.shown

    wait_until(is_shown, size, lambda: terminal.shown.decode(errors="replace"))


def test_a_terminal_is_given_back_by_a_kill(installation: Installation, application: Path) -> None:
    """What ends the command line in the middle leaves a terminal in which one can go on, and no command behind."""
    command = installation.command("exec", "api", "--", "sh", "-c", "echo has begun; sleep 600; true")
    with in_terminal(command, cwd=application, environment=installation.environment()) as terminal:
        terminal.shows("has begun")
        wait_until(terminal.is_raw, "a raw terminal")
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert 128 + signal.SIGTERM == terminal.wait()
        assert terminal.is_as_before()
    processes = installation.homeport("exec", "api", "--", "sh", "-c", "cat /proc/*/cmdline", cwd=application).stdout
    assert "has begun" not in processes


# ------------------------------------------------------------------------------------------------ psql


def test_sql_from_standard_input(installation: Installation, application: Path) -> None:
    """As the services' role, which owns nothing; as the owner only where that was asked for."""
    asked = "SELECT current_user, current_database();"
    said = installation.homeport("psql", "--", "-At", cwd=application, stdin=asked).stdout
    assert "probe_home_app|probe_home\n" == said
    said = installation.homeport("psql", "home", "--owner", "-c", asked, "--", "-At", cwd=application).stdout
    assert "probe_home_owner|probe_home\n" == said
    create = "CREATE TABLE mine (id int);"
    stops = ("-v", "ON_ERROR_STOP=1")
    refused = installation.homeport("psql", "--", *stops, cwd=application, stdin=create, returncode=3)
    assert "permission denied for schema public" in refused.stderr


def test_an_interactive_psql(installation: Installation, application: Path) -> None:
    """A prompt on the application's database, and psql's own exit code."""
    command = installation.command("psql")
    with in_terminal(command, cwd=application, environment=installation.environment()) as terminal:
        terminal.shows("probe_home=> ")
        terminal.types("SELECT 'the ' || 'answer';\r")
        terminal.shows("the answer")
        terminal.types("\\q\r")
        assert 0 == terminal.wait()
        assert terminal.is_as_before()


def test_without_a_database_there_is_no_psql(installation: Installation, application: Path, tmp_path: Path) -> None:
    """Said in words, with what to do."""
    other = probe_application(tmp_path, "other")
    refused = installation.homeport("psql", cwd=other, returncode=1).stderr
    assert "other has no database on home." in refused
