"""A login that was let into Docker's group after it began."""

import getpass

import pytest

from homeport.machine import membership


def test_a_command_is_restarted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member who is refused even then has another reason to be, and is told instead of going round for ever."""
    monkeypatch.setattr(membership, "GROUP", "no-such-group")
    assert not membership.can_restart()
    monkeypatch.setenv(membership.RESTARTED, "1")
    assert membership.was_restarted()
    assert not membership.can_restart()


def test_nobody_is_a_member_of_a_group_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Docker is installed its group does not exist."""
    monkeypatch.setattr(membership, "GROUP", "no-such-group")
    assert not membership.is_member(getpass.getuser())
