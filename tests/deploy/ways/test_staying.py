"""What `down` leaves on AWS that costs, in words."""

import pytest

from homeport.deploy.ways.cloud.staying import what_stays


@pytest.mark.parametrize(
    ("instance", "secrets", "words"),
    [
        ("notes-production", (), ["RDS instance notes-production stays with all data", "costing by the hour"]),
        ("", ("STRIPE_KEY",), ["the secret stays in Secrets Manager, billed by the month: STRIPE_KEY."]),
        ("notes-production", ("B", "A"), ["RDS instance notes-production", "the secrets stay", "by the month: A, B."]),
    ],
    ids=["database", "secret", "both"],
)
def test_what_costs_on_is_named_with_the_command_that_deletes_it(
    instance: str, secrets: tuple[str, ...], words: list[str]
) -> None:
    """An application without a database leaves its secrets, and those are billed, too."""
    said = what_stays(instance, secrets, "production")
    assert all(word in said for word in words)
    assert said.endswith("To delete all of that: homeport down production --delete-data")


def test_where_nothing_stays_nothing_is_said() -> None:
    """After --delete-data, or of an application that has neither."""
    assert "" == what_stays("", (), "production")
