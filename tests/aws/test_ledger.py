"""Numbered files in the state bucket."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from homeport.aws import Session, ledger
from homeport.aws.bucket import Bucket
from homeport.errors import CloudFailed, Locked

STATE = b'{"version": 4, "serial": 1, "lineage": "x", "resources": []}'


@pytest.fixture
def bucket(session: Session) -> Bucket:
    bucket = Bucket(session)
    bucket.ensure()
    return bucket


def nothing_lost() -> None:
    """The lock is held."""


def test_a_number_is_never_used_twice(bucket: Bucket) -> None:
    """Not by two at once either: the second is told, and nothing is written over."""

    def append(writer: int) -> int | str:
        try:
            return ledger.releases(bucket, "race.production").append(f"{writer}".encode())
        except CloudFailed as error:
            return error.message

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(append, range(4)))

    numbers = [one for one in said if isinstance(one, int)]
    assert len(set(numbers)) == len(numbers)
    assert all("Another process has written" in one for one in said if isinstance(one, str))
    assert sorted(numbers) == ledger.releases(bucket, "race.production").numbers()


def test_the_oldest_go_and_their_numbers_with_them(bucket: Bucket) -> None:
    """The history is kept to a length; what comes next is numbered on."""
    files = ledger.releases(bucket, "kept.production")
    for number in range(5):
        files.append(b"%d" % number, keep=3)

    assert [3, 4, 5] == files.numbers()
    assert {3: b"2", 4: b"3", 5: b"4"} == files.read_all()


def test_a_damaged_state_is_put_aside_and_the_one_before_it_counts(bucket: Bucket) -> None:
    """Under the lock as without it; the number of what was put aside is not used again."""
    states = ledger.states(bucket, "damaged.production")
    states.write(STATE)
    states.write(b"half a st")

    held = ledger.held(bucket, "damaged.production", nothing_lost)

    assert [2] == held.states.put_damaged_aside()
    assert (STATE, [1]) == (held.states.read(), held.states.files.numbers())
    assert b"half a st" == bucket.read("state/damaged.production/00000002.tfstate.damaged")
    held.states.write(STATE)
    assert [1, 3] == ledger.states(bucket, "damaged.production").files.numbers()


def test_under_the_lock_nothing_is_asked_for_twice(bucket: Bucket) -> None:
    """Nobody else writes there: Terraform asks for the state it has just written."""
    held = ledger.held(bucket, "once.production", nothing_lost)
    held.states.write(STATE)
    bucket.remove("state/once.production/00000001.tfstate")

    assert STATE == held.states.read()


def test_whoever_has_lost_the_lock_writes_nothing(bucket: Bucket) -> None:
    """Somebody else has it, and writes the next state."""

    def lost() -> None:
        raise Locked("lost")

    held = ledger.held(bucket, "lost.production", lost)
    with pytest.raises(Locked):
        held.states.write(STATE)
    assert [] == ledger.states(bucket, "lost.production").files.numbers()


def test_an_answer_that_was_lost_is_no_second_writing(bucket: Bucket) -> None:
    """Amazon's SDK asks again: what it finds there is what it wrote."""
    files = ledger.releases(bucket, "again.production")
    files.append(b"1")
    files._keep(1, b"1")

    with pytest.raises(CloudFailed, match="Another process has written"):
        files._keep(1, b"2")
    assert b"1" == files.read(1)
