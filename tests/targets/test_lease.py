"""When the lock of a root on AWS may be taken from whoever had it."""

import os
from dataclasses import replace
from datetime import timedelta

from homeport.targets.lease import Lease

MINE = f"ana@laptop pid {os.getpid()}"
MINUTE = timedelta(seconds=60)
HELD = Lease("ben@tower pid 1", "2026-11-28T09:00:00Z", 60, "another machine")


def test_what_is_written_is_read_back() -> None:
    """And is never the same twice: a writing is known by its tag."""
    assert Lease.of(HELD.to_json()) == HELD
    assert HELD.to_json() != HELD.to_json()


def test_one_of_another_machine_ends_when_it_is_not_renewed() -> None:
    """Whether its holder still runs is not known here."""
    assert not HELD.has_ended(MINUTE, MINE)
    assert HELD.has_ended(MINUTE + timedelta(seconds=1), MINE)


def test_one_of_this_machine_ends_with_its_holder() -> None:
    """It need not be waited for then; a name that another machine has, too, says nothing."""
    gone = Lease.begun(f"ana@laptop pid {2**22}", MINUTE)
    assert gone.has_ended(timedelta(0), MINE)
    assert not Lease.begun(MINE, MINUTE).has_ended(timedelta(0), MINE)
    assert not replace(gone, machine="another machine").has_ended(timedelta(0), MINE)


def test_one_that_was_given_back_or_is_garbled_is_nobodys() -> None:
    """Nobody waits for it."""
    assert Lease("", "", 0, "").has_ended(timedelta(0), MINE)
    assert Lease.of(b"half a lo").has_ended(timedelta(0), MINE)


def test_its_holder_is_called_with_the_time() -> None:
    """A time that cannot be read is left out."""
    assert HELD.called.startswith("ben@tower pid 1 since ")
    assert "ben@tower pid 1" == replace(HELD, since="").called
