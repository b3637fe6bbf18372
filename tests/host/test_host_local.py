"""This machine keeps the contract of a host."""

import socket
from pathlib import Path

import pytest

from homeport.errors import HostUnreachable
from homeport.host import Endpoint, Host
from tests.host.contract_commands import *  # noqa: F403
from tests.host.contract_files import *  # noqa: F403
from tests.host.contract_locks import *  # noqa: F403


@pytest.fixture
def host(local: Host) -> Host:
    return local


def test_a_place_of_this_machine_is_itself(host: Host) -> None:
    """Nothing needs to be brought here."""
    assert Path("/run/some.sock") == host.socket("/run/some.sock")
    assert Endpoint("127.0.0.1", 5000) == host.reach("127.0.0.1", 5000)


def test_the_engine_of_docker_host_is_used(host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """DOCKER_HOST names the engine; when none is there, the message says where it should be."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")

    with pytest.raises(HostUnreachable, match=f"no Docker engine on this machine: {tmp_path}/docker.sock"):
        host.docker_socket()


def test_an_engine_that_is_down_is_started_by_setup(
    host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its socket is left when it ends. `setup` starts it with systemd and without: that is the next step."""
    with socket.socket(socket.AF_UNIX) as ended:
        ended.bind(f"{tmp_path}/docker.sock")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")

    with pytest.raises(HostUnreachable) as silent:
        host.docker_socket()

    assert f"The Docker engine of this machine does not answer on {tmp_path}/docker.sock." == silent.value.message
    assert silent.value.next_step.startswith("Start it with: homeport setup\n")
