"""A plan as records, from Terraform's `show -json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Action = Literal["create", "update", "replace", "delete"]

ACTIONS: Mapping[tuple[str, ...], Action] = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("create", "delete"): "replace",
    ("delete", "create"): "replace",
}
KNOWN_LATER = "(known after apply)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute's value before and after; None where there is none."""

    attribute: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource: `noun` is its type without our provider, `values` what it will be (or was).

    It `is_tainted` when it is replaced for one reason only: what made it was stopped, or failed.
    """

    address: str
    noun: str
    action: Action
    values: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()
    deposed: bool = False
    is_tainted: bool = False

    @property
    def known(self) -> Mapping[str, Any]:
        """The values that are known by now."""
        return {name: value for name, value in self.values.items() if value != KNOWN_LATER}


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan file of Terraform's and what is in it, `terraform_data` left out."""

    file: Path
    changes: tuple[Change, ...]
    is_empty: bool

    def of(self, noun: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.noun == noun)


def changes_of(shown: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes of `terraform show -json PLAN`, in Terraform's order."""
    return tuple(
        _change(entry)
        for entry in shown.get("resource_changes", ())
        if tuple(entry["change"]["actions"]) in ACTIONS and entry["type"] != "terraform_data"
    )


def _change(entry: Mapping[str, Any]) -> Change:
    change = entry["change"]
    before, after = change["before"] or {}, dict(change["after"] or {})
    unknown = change.get("after_unknown") or {}
    after |= {name: KNOWN_LATER for name, is_unknown in unknown.items() if is_unknown is True}
    return Change(
        address=entry["address"],
        noun=entry["type"].removeprefix("homeport_"),
        action=ACTIONS[tuple(change["actions"])],
        values=after or before,
        differences=_differences(before, after) if before and after else (),
        deposed="deposed" in entry,
        is_tainted=entry.get("action_reason") == "replace_because_tainted",
    )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    names = sorted(before.keys() | after.keys())
    return tuple(
        Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )
