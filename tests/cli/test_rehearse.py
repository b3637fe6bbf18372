"""What `homeport rehearse` says of one that failed."""

from homeport.cli.rehearse import _letting_go
from homeport.errors import CandidateFailed


def test_what_failed_is_told_with_how_to_look_at_it() -> None:
    """After the next step that the failure has of its own."""
    error = CandidateFailed("api exited with code 1.", next_step="Correct it.")
    _letting_go("live")({}, error)
    assert error.next_step.startswith("Correct it.\n")
    assert error.next_step.endswith("homeport rehearse live --keep")
