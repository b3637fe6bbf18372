"""What `homeport rehearse` says of one that failed."""

import pytest

from homeport.cli.rehearse import _letting_go
from homeport.errors import (
    BuildFailed,
    CandidateFailed,
    HomeportError,
    MigrationFailed,
    Refused,
    RegistryFailed,
    TerraformFailed,
)

LOOK = "homeport rehearse live --keep"


@pytest.mark.parametrize("kind", [CandidateFailed, MigrationFailed, TerraformFailed])
def test_what_failed_in_the_account_can_be_looked_at(kind: type[HomeportError]) -> None:
    """The way to it comes after the next step that the failure has of its own."""
    error = kind("It failed.", next_step="Correct it.")
    _letting_go("live")({}, error)
    assert error.next_step.startswith("Correct it.\n")
    assert error.next_step.endswith(LOOK)


@pytest.mark.parametrize("kind", [Refused, BuildFailed, RegistryFailed])
def test_where_nothing_stands_no_look_is_offered(kind: type[HomeportError]) -> None:
    """A provider that Terraform could not fetch, or an image that was not built, is not seen in a kept account."""
    error = kind("It failed.", next_step="Correct it.")
    _letting_go("live")({}, error)
    assert "Correct it." == error.next_step
