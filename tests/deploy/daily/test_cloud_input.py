"""What comes on standard input for a task on AWS, which has none."""

import threading

import pytest

from homeport.deploy.daily.cloud.input import Input
from homeport.errors import Refused

NEVER = threading.Event()


def _input(most: int, *, is_read: bool = True) -> Input:
    return Input(most, Refused("too much"), is_read)


def test_it_is_whole_when_it_has_ended() -> None:
    """All pieces, in their order, and nothing before the end."""
    given = _input(100)
    threading.Timer(0.2, given.end).start()
    for piece in (b"SELECT ", b"1;"):
        given.send(piece)
    assert b"SELECT 1;" == given.whole(NEVER)


def test_too_much_is_refused_before_its_end() -> None:
    """What has no end would else be read for ever."""
    given = _input(8)
    for _ in range(3):
        given.send(b"x" * 8)
    with pytest.raises(Refused, match="too much"):
        given.whole(NEVER)


def test_none_may_come() -> None:
    """A task that reads nothing is not started on what somebody meant it to read."""
    empty, full = _input(0), _input(0)
    empty.end()
    full.send(b"a row")
    assert b"" == empty.checked()
    with pytest.raises(Refused):
        full.checked()


def test_what_nobody_reads_may_be_anything() -> None:
    """psql with -c reads no standard input: a loop's own is no mistake."""
    given = _input(8, is_read=False)
    given.send(b"x" * 100)
    assert b"" == given.checked()


def test_giving_up_ends_the_waiting() -> None:
    """Ctrl-C while somebody types ends it."""
    given_up = threading.Event()
    given_up.set()
    assert b"" == _input(8).whole(given_up)
