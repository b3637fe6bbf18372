"""What `down` leaves of an application on AWS that costs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator


def what_stays(instance: str, secrets: Collection[str], target: str) -> str:
    """In a clause, with the command that deletes it; empty where nothing stays. `instance` is the name of its database
    on RDS, empty without one; `secrets` are the names of those that a person has set."""
    found = "; ".join(_clauses(instance, secrets))
    return f"{found}. To delete all of that: homeport down {target} --delete-data" if found else ""


def _clauses(instance: str, secrets: Collection[str]) -> Iterator[str]:
    if instance:
        yield f"its RDS instance {instance} stays with all data, and goes on costing by the hour, used or not"
    if secrets:
        what = "secret stays" if len(secrets) == 1 else "secrets stay"
        yield f"the {what} in Secrets Manager, billed by the month: {', '.join(sorted(secrets))}"
