"""The session of the first lock, opened before it is known which lock that is: it keeps the contract, too."""

import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.host import Host
from homeport.host.connect import begin
from homeport.host.ssh import lock_session
from tests.host.contract_locks import *  # noqa: F403
from tests.support.ssh_server import SshServer

pytestmark = pytest.mark.docker
SSHD_ENDS_WITHIN = 10  # seconds after its client has gone


@pytest.fixture
def host(server: SshServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(server.config))
    host = begin(server.address, will_lock=True)()
    yield host
    host.close()


def test_it_ends_with_the_connection_if_no_lock_was_taken(host: Host, server: SshServer) -> None:
    """A release that is refused before its lock leaves nothing that runs on the server."""
    host.files.list("/")
    sessions = server.sessions()
    assert sessions
    host.close()
    until = time.monotonic() + SSHD_ENDS_WITHIN
    while set(sessions) & set(server.sessions()):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_lock_that_is_free_costs_no_other_session(host: Host, folder: str, server: SshServer) -> None:
    """Some ways to the server and back are saved only if it is the prepared one that holds the lock."""
    ours = host._locks._prepared  # type: ignore[attr-defined]
    with host.lock(f"{folder}/locks/base", "ana") as lock:
        assert ours is lock


def test_an_answer_that_comes_too_late_is_nobody_elses(
    host: Host, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server took a lock when nobody waited for it any more: that is let go of, and the next question has its own
    answer."""
    monkeypatch.setattr(lock_session, "ANSWER_WITHIN", 0.5)
    locks = Path(folder) / "locks"
    stalled, taken, told = str(locks / "stalled"), str(locks / "taken"), locks / "stalled.holder"
    with host.lock(str(locks / "base"), "ana"), Path(taken).open("w") as other:
        session = host._locks._first  # type: ignore[attr-defined]
        fcntl.flock(other, fcntl.LOCK_EX)
        os.mkfifo(told)
        assert not session.take_further(stalled, "ana")
        with told.open() as holder:
            assert "ana\n" == holder.readline()
        told.unlink()
        assert not session.take_further(taken, "ana")
        assert session.take_further(stalled, "ana")
        session.drop_further(stalled)
