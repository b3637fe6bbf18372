"""A server is known by what is on it."""

from pathlib import Path

import pytest

from homeport.errors import Refused
from homeport.targets import known

ADDRESS = "ssh://ana@server"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_the_first_is_taken_for_right_and_another_is_refused() -> None:
    """A name that leads elsewhere, or to a machine that was set up anew, deploys nothing by mistake."""
    known.check(ADDRESS, "homeport", "first")
    known.check(ADDRESS, "homeport", "first")
    with pytest.raises(Refused, match="not the server that ssh://ana@server was") as refused:
        known.check(ADDRESS, "homeport", "second")
    assert f"homeport setup --host {ADDRESS}" in refused.value.next_step


def test_setup_says_which_is_right() -> None:
    """Who sets a server up looks at it, and is asked."""
    known.check(ADDRESS, "homeport", "first")
    known.remember(ADDRESS, "homeport", "second")
    known.check(ADDRESS, "homeport", "second")


def test_installations_and_addresses_are_known_apart() -> None:
    """A server may have several installations, each with an id of its own."""
    known.check(ADDRESS, "homeport", "first")
    known.check(ADDRESS, "another", "second")
    known.check("ssh://elsewhere", "homeport", "third")
