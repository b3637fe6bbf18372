"""The fake in the box keeps the contract of a host, as far as it has no processes."""

from pathlib import Path

import pytest

from homeport.host import Host, Output
from homeport.host.recording import RecordingHost
from tests.host.contract_files import *  # noqa: F403
from tests.host.contract_locks import *  # noqa: F403


@pytest.fixture
def host(recording: Host) -> Host:
    return recording


@pytest.fixture
def folder() -> str:
    return "/var/lib/homeport/installation"


def test_what_was_run_is_recorded() -> None:
    """A test of another folder sees the commands, and gives the answers."""
    host = RecordingHost(lambda command, stdin: Output(1, command[0].encode(), stdin), engine=Path("/x.sock"))

    output = host.run(["ip", "route"], stdin=b"in")

    assert Output(1, b"ip", b"in") == output
    assert host.commands == [(("ip", "route"), b"in")]
    assert Path("/x.sock") == host.docker_socket()


def test_the_locks_are_recorded() -> None:
    """A test of another folder sees in which order they were taken."""
    host = RecordingHost()
    with host.lock("/locks/b", "ana"), host.lock("/locks/a", "ana"):
        pass

    assert host.locks == ["/locks/b", "/locks/a"]
