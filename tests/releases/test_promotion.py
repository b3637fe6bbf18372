"""What a promotion takes, and what it refuses."""

from collections.abc import Sequence

import pytest

from homeport.errors import Refused
from homeport.releases.promotion import images_for, promotable
from homeport.releases.record import Release
from tests.releases.history import migration, release

V1 = migration("V1")


def test_the_last_release_is_promoted() -> None:
    """What serves there, and was released last."""
    assert 2 == promotable([release(1), release(2)], called="dev").number


@pytest.mark.parametrize(
    ("releases", "message", "next_step"),
    [
        ([], "dev was never released", "homeport up dev"),
        ([release(1, result="failed")], "The last release of dev, 1, failed", "homeport up dev"),
        ([release(1), release(2, result="interrupted")], "dev, 2, was interrupted", "homeport rollback dev 1"),
    ],
)
def test_what_did_not_succeed_is_not_promoted(releases: Sequence[Release], message: str, next_step: str) -> None:
    """Who promotes means what they released last; if that is not what serves, they say so first."""
    with pytest.raises(Refused, match=message) as caught:
        promotable(releases, called="dev")
    assert next_step in caught.value.next_step


def test_its_very_digests_are_taken() -> None:
    """And of what homeport.yaml names, only."""
    found = images_for(["api"], release(3, V1), called="dev")
    assert {"api": "api/x-api@3"} == found


def test_what_it_has_no_image_of_is_refused_by_name() -> None:
    """All at once."""
    with pytest.raises(Refused, match="Release 3 of dev has no image of migrations, web"):
        images_for(["web", "api", "migrations"], release(3), called="dev")
