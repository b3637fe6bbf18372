"""What an engine says while it moves an image."""

from typing import Any

import pytest

from homeport import transfer
from homeport.errors import EngineFailed

MOVED = [{"status": "Pulling fs layer", "id": "a"}, {"status": "Download complete", "id": "a"}]
RETRIES = [{"status": f"Retrying in {seconds} seconds"} for seconds in (5, 4, 3, 2)]


def test_a_transfer_that_goes_well_is_told_step_by_step() -> None:
    """A registry that is away for a moment is no failure: the engine tries again."""
    assert [*MOVED, *RETRIES, *MOVED] == list(transfer.steps([*MOVED, *RETRIES, *MOVED]))


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ({"error": "no space left on device", "errorDetail": {}}, "no space left on device"),
        ({"status": "Retrying in 10 seconds"}, "The registry does not answer, not on a second try either."),
    ],
)
def test_a_failure_that_comes_after_the_status_is_one(last: dict[str, Any], said: str) -> None:
    """The engine has answered 200 by then."""
    with pytest.raises(EngineFailed, match=said):
        transfer.finish([*MOVED, *RETRIES, last, *MOVED])
