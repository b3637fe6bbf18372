"""What is done about the Docker engine, and what is left alone."""

from pathlib import Path

import pytest

from homeport.errors import Refused
from homeport.events import ignore
from homeport.host import LocalHost, Output
from homeport.host.recording import RecordingHost
from homeport.machine.engine import ensure_engine, server_socket
from homeport.machine.situation import Situation, answers, situation
from homeport.machine.steps import Step, commands, decide
from homeport.machine.system import engine_packages, parse
from tests.machine.situations import bare

RELEASES = Path(__file__).parent / "os-release"


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (bare(engine="answers", is_installed=True), "use"),
        (bare(engine="answers", has_apt=False), "use"),
        (bare(is_installed=True), "start"),
        (bare(is_installed=True, has_apt=False), "start"),
        (bare(), "install"),
        (bare(has_apt=False), "unsupported"),
        (bare(engine="forbidden", is_installed=True), "join"),
        (bare(engine="forbidden", is_member=True), "member"),
    ],
)
def test_least_is_done_that_brings_an_engine(seen: Situation, step: Step) -> None:
    """An engine that answers is used as it is; one that is installed is started; only a missing one is installed."""
    assert step == decide(seen)


@pytest.mark.parametrize(
    ("release", "packages"),
    [
        ("debian-12", ("docker.io", "iptables")),
        ("debian-13", ("docker.io", "iptables", "docker-cli", "docker-buildx")),
        ("ubuntu-24.04", ("docker.io", "iptables", "docker-buildx")),
        ("mint-22", ("docker.io", "iptables")),
    ],
)
def test_packages_bring_engine_command_and_buildkit(release: str, packages: tuple[str, ...]) -> None:
    """Each release keeps the docker command and BuildKit in other packages."""
    assert packages == engine_packages(parse((RELEASES / release).read_text()))


def test_only_debian_and_its_children_have_apt() -> None:
    """Elsewhere nothing is installed: the refusal says how to get Docker there."""
    found = {file.name: parse(file.read_text()).has_apt() for file in RELEASES.iterdir()}
    assert found == {"debian-12": True, "debian-13": True, "ubuntu-24.04": True, "mint-22": True, "fedora-43": False}


def test_engine_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """DOCKER_HOST with another machine's engine is not taken for this machine's; a server's is not meant by it."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
    with pytest.raises(Refused, match="DOCKER_HOST"):
        server_socket(LocalHost())
    assert "/var/run/docker.sock" == server_socket(RecordingHost(address="ssh://server"))


def words(step: Step, seen: Situation) -> list[str]:
    return [command[0] if command[0] != "env" else command[3] for command in commands(step, seen)]


def test_a_bare_server_needs_these_steps_as_root() -> None:
    """Packages, the login's place in Docker's group, the service: each can be run again."""
    assert ["apt-get", "apt-get", "usermod", "systemctl"] == words("install", bare())
    assert ("usermod", "-aG", "docker", "ana") in commands("install", bare())


def test_root_and_members_join_no_group() -> None:
    """A login that may use the engine already is not changed."""
    assert "usermod" not in words("install", bare(is_root=True))
    assert ["systemctl"] == words("start", bare(is_member=True))


def test_an_installation_that_was_cut_off_goes_on() -> None:
    """apt would refuse; the command that goes on is shown only where it is needed."""
    assert ["dpkg", "apt-get", "apt-get"] == words("install", bare(was_interrupted=True))[:3]


def test_a_stale_process_id_is_forgotten_where_no_init_does_it() -> None:
    """After a crash the number may be another process's, and dockerd would refuse to start for it."""
    assert ["rm", "sh"] == words("start", bare(is_member=True, has_systemd=False, has_stale_pid=True))
    assert ["sh"] == words("start", bare(is_member=True, has_systemd=False))
    assert [] == words("start", bare(is_member=True, has_systemd=False, is_running=True))


# ------------------------------------------------------------------------------------------- a look at a machine

SAID = {
    **dict.fromkeys(("updates", "members", "sudo", "passwordless", "apt", "dockerd", "mmdebstrap", "keyring"), ""),
    "system": "ID=debian\nVERSION_ID=12\n",
    "architecture": "x86_64",
    "login": "ana",
    "uid": "1000",
    "systemd": "",
    "pid": "",
    "process": "",
    "running": "0",
    "socket": "",
}


def look_at(**said: str) -> Situation:
    return situation({**SAID, **said}, "silent")


@pytest.mark.parametrize(("names", "interrupted"), [("", False), ("tmp.i", False), ("tmp.i 0004", True)])
def test_an_interrupted_dpkg_is_seen_as_apt_sees_it(names: str, interrupted: bool) -> None:
    """Only files of digits count."""
    assert interrupted == look_at(updates=names).was_interrupted


@pytest.mark.parametrize(
    ("pid", "process", "stale"), [("42", "dockerd", False), ("42", "bash", True), ("42", "", True), ("", "", False)]
)
def test_pid_file_is_stale_unless_its_process_is_an_engine(pid: str, process: str, stale: bool) -> None:
    """A number that nobody has, or another program."""
    assert stale == look_at(pid=pid, process=process).has_stale_pid


def test_values_may_have_lines_of_their_own() -> None:
    """os-release comes whole."""
    assert {"system": "ID=a\nNAME=b", "uid": "0"} == answers(b"system=ID=a\nNAME=b\0uid=0\0")


def machine(**said: str) -> RecordingHost:
    """A server that answers the look, and does nothing else."""
    told = "".join(f"{name}={value}\0" for name, value in {**SAID, **said}.items()).encode()
    return RecordingHost(
        lambda command, stdin: Output(0, told if command[0] == "sh" else b"", b""), address="ssh://server"
    )


BARE_SERVER = {"apt": "yes", "sudo": "yes"}


def test_no_is_no_and_the_steps_are_told() -> None:
    """Nothing was run; what to run by hand is the next step."""
    host = machine(**BARE_SERVER, passwordless="yes")
    with pytest.raises(Refused, match="There is no Docker engine on ssh://server") as refused:
        ensure_engine(host, ignore, confirm=lambda question: False)
    assert "  sudo usermod -aG docker ana" in refused.value.next_step
    assert {"sh"} == {command[0] for command, _ in host.commands}


def test_a_password_without_a_terminal_is_refused_before_anything_is_asked() -> None:
    """Nobody could type it; pytest's standard input is no terminal."""
    with pytest.raises(Refused, match="no terminal to ask on") as refused:
        ensure_engine(machine(**BARE_SERVER), ignore, confirm=lambda question: pytest.fail("asked"))
    assert "sudo apt-get update" in refused.value.next_step


def test_a_server_without_sudo_is_told_what_root_has_to_do() -> None:
    """The commands stand as root types them there after `su`."""
    with pytest.raises(Refused, match="has no sudo") as refused:
        ensure_engine(machine(apt="yes"), ignore, confirm=lambda question: pytest.fail("asked"))
    assert "  usermod -aG docker ana" in refused.value.next_step
    assert "sudo" not in refused.value.next_step


@pytest.mark.parametrize("sudo", ["", "yes"])
def test_a_login_that_lacks_only_the_right_is_told_so(sudo: str) -> None:
    """The engine is there: nobody has to look for one, whatever keeps us from giving the right."""
    with pytest.raises(Refused, match=r"^ana may not use the Docker engine of ssh://server") as refused:
        ensure_engine(machine(socket="forbidden", sudo=sudo), ignore, confirm=lambda question: pytest.fail("asked"))
    assert 1 == refused.value.next_step.count("\n"), "one command"


def test_sudo_that_refuses_is_one_message() -> None:
    """Whatever sudo said, with who may not do what, where."""
    refusing = machine(**BARE_SERVER, passwordless="yes")
    looked = refusing.run(["sh"]).stdout
    host = RecordingHost(
        lambda command, stdin: (
            Output(0, looked, b"")
            if command[0] == "sh"
            else Output(1, b"", b"Sorry, user ana is not allowed to execute '/usr/bin/apt-get' as root on server.\n")
        ),
        address="ssh://server",
    )
    with pytest.raises(Refused, match="ana may not use sudo on ssh://server"):
        ensure_engine(host, ignore, confirm=lambda question: True)
