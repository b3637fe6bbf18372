"""What `homeport down` says at the end."""

import pytest

from homeport.cli.down import _said
from homeport.deploy.down import Did


@pytest.mark.parametrize(
    ("did", "delete_data", "expected"),
    [
        ("applied", False, "notes is off production."),
        ("applied", True, "notes is off production, and its data is deleted."),
        ("nothing", False, "Nothing to do: notes is off production already."),
        ("nothing", True, "Nothing to do: notes is off production already."),
        ("declined", True, "Nothing was changed."),
    ],
)
def test_what_was_done_and_what_was_not_differ(did: Did, delete_data: bool, expected: str) -> None:
    """Who said no, and who came too late, are told different things."""
    assert expected == _said(did, "notes is off production", delete_data)
