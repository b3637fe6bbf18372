"""Upkeep fails no release."""

from typing import cast

import pytest

from homeport.deploy.upkeep import trim_build_cache
from homeport.events import Event
from homeport.home.build_cache import BUDGET_VARIABLE
from homeport.targets import HomeTarget

NOWHERE = cast(HomeTarget, None)  # nothing is asked of it


@pytest.mark.parametrize(("given", "levels"), [("much", ["warning"]), ("0", [])])
def test_a_budget_that_is_none_is_told_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, given: str, levels: list[str]
) -> None:
    """The release was built; how much of the cache stays is not worth losing it. None at all leaves it alone."""
    monkeypatch.setenv(BUDGET_VARIABLE, given)
    told: list[Event] = []
    trim_build_cache(NOWHERE, told.append)
    assert levels == [event.level for event in told]
    assert all(BUDGET_VARIABLE in event.text for event in told)
