"""What the holder of a root's lock knows of its numbered files is what is there."""

from collections.abc import Mapping
from typing import cast

import docker
import pytest

from homeport.home import ledger
from homeport.home.home import Home
from homeport.host.recording import RecordingFiles, RecordingHost

STATE = b'{"version": 4, "serial": 1, "lineage": "x", "resources": []}'


class OnceRead(RecordingFiles):
    """Files that say what was asked of them, and that fail to write when they are told so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.is_full = False

    def read(self, path: str) -> bytes:
        self.asked.append(path)
        return super().read(path)

    def read_newest(self, counts: Mapping[str, int]) -> list[dict[str, bytes | None]]:
        found = super().read_newest(counts)
        self.asked = ["newest"]
        return found

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        super().write(path, data, mode=mode)
        if self.is_full:
            raise OSError

    def list(self, path: str) -> list[str]:
        self.asked.append(path)
        return super().list(path)


@pytest.fixture
def files() -> OnceRead:
    return OnceRead()


@pytest.fixture
def home(files: OnceRead) -> Home:
    host = RecordingHost()
    host.files = files
    return Home(host, "instance", "/folder", cast(docker.APIClient, None))


def test_under_the_lock_the_newest_is_asked_for_once(home: Home, files: OnceRead) -> None:
    """Nobody else writes there: what was read or written is known, and its number."""
    for number in range(4):
        ledger.releases(home, "notes", "home").append(b"%d" % number)
    ledger.states(home, "notes.home").write(STATE)

    held = ledger.held(home, "notes.home")

    assert (STATE, b"3") == (held.states.read(), held.releases.read(4))
    assert 5 == held.releases.append(b"4")
    assert ([1, 2, 3, 4, 5], b"4", b"1") == (held.releases.numbers(), held.releases.read(5), held.releases.read(2))
    assert ["newest"] == files.asked
    assert b"0" == held.releases.read(1)
    assert b"4" == ledger.releases(home, "notes", "home").read(5)


def test_a_damaged_state_is_put_aside_and_the_one_before_it_counts(home: Home) -> None:
    """Under the lock as without it."""
    ledger.states(home, "notes.home").write(STATE)
    ledger.states(home, "notes.home").write(b"half a st")

    held = ledger.held(home, "notes.home")

    assert [2] == held.states.put_damaged_aside()
    assert (STATE, [1]) == (held.states.read(), held.states.files.numbers())


def test_a_write_that_failed_is_looked_for(home: Home, files: OnceRead) -> None:
    """It may be there all the same: its number is not given to another."""
    held = ledger.held(home, "notes.home")
    held.releases.append(b"1")
    files.is_full = True
    with pytest.raises(OSError):
        held.releases.append(b"2")
    files.is_full = False

    assert 3 == held.releases.append(b"3")
    assert b"2" == held.releases.read(2)
