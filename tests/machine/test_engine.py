"""What is done about the Docker engine, and what is left alone."""

from pathlib import Path

import pytest

from homeport.errors import Refused
from homeport.machine.daemon import has_stale_pid
from homeport.machine.engine import Situation, Step, decide, socket_path
from homeport.machine.system import engine_packages, this_system

RELEASES = Path(__file__).parent / "os-release"


def situation(*, answers: bool = False, may_ask: bool = True, installed: bool = False, apt: bool = True) -> Situation:
    return Situation(answers=answers, may_ask=may_ask, is_installed=installed, has_apt=apt)


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (situation(answers=True, installed=True), "use"),
        (situation(answers=True, apt=False), "use"),
        (situation(installed=True), "start"),
        (situation(installed=True, apt=False), "start"),
        (situation(), "install"),
        (situation(apt=False), "unsupported"),
        (situation(may_ask=False, installed=True), "forbidden"),
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
    assert packages == engine_packages(this_system(RELEASES / release))


def test_only_debian_and_its_children_have_apt() -> None:
    """Elsewhere nothing is installed: the refusal says how to get Docker there."""
    answers = {file.name: this_system(file).has_apt() for file in RELEASES.iterdir()}
    assert answers == {"debian-12": True, "debian-13": True, "ubuntu-24.04": True, "mint-22": True, "fedora-43": False}


def test_engine_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """DOCKER_HOST with another machine's engine is not taken for this machine's."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
    with pytest.raises(Refused, match="DOCKER_HOST"):
        socket_path()


@pytest.mark.parametrize(("name", "stale"), [("dockerd", False), ("bash", True), (None, True)])
def test_pid_file_is_stale_unless_its_process_is_an_engine(tmp_path: Path, name: str | None, stale: bool) -> None:
    """After a crash the number may be another process's, and dockerd would refuse to start for it."""
    (tmp_path / "docker.pid").write_text("42\n")
    if name:
        (tmp_path / "42").mkdir()
        (tmp_path / "42" / "comm").write_text(f"{name}\n")
    assert stale == has_stale_pid(tmp_path / "docker.pid", tmp_path)
