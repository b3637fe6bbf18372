"""How much of the cache of builds is kept."""

import pytest

from homeport.errors import HomeportError
from homeport.home.build_cache import BUDGET_VARIABLE, budget


@pytest.mark.parametrize(("given", "most"), [("", 10 * 10**9), ("0.5", 5 * 10**8), ("0", 0)])
def test_the_budget_is_in_gigabytes(monkeypatch: pytest.MonkeyPatch, given: str, most: int) -> None:
    """Ten unless said otherwise; none leaves the cache alone."""
    monkeypatch.setenv(BUDGET_VARIABLE, given)
    assert most == budget()


@pytest.mark.parametrize("given", ["much", "-1", "nan", "1e9"])
def test_what_is_no_budget_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """The variable is named, with what it should be."""
    monkeypatch.setenv(BUDGET_VARIABLE, given)
    with pytest.raises(HomeportError, match=f"{BUDGET_VARIABLE} should be a number of gigabytes"):
        budget()
