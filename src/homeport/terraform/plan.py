"""A plan as records, from Terraform's `show -json`. No sensitive value is in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from homeport.terraform.masking import KNOWN_LATER, SENSITIVE, marked, without_secrets

Action = Literal["create", "update", "replace", "delete"]

ACTIONS: Mapping[tuple[str, ...], Action] = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("create", "delete"): "replace",
    ("delete", "create"): "replace",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute's value before and after; None where there is none.

    Both are `(sensitive)` where the value is; `after` is `(known after apply)`, or has that in it, where it is not
    known yet.
    """

    attribute: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource: `noun` is its type without our provider, `values` what it will be (or was).

    It `is_tainted` when it is replaced for one reason only: what made it was stopped, or failed. Otherwise `because`
    names the attributes for which it is replaced.
    """

    address: str
    noun: str
    action: Action
    values: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()
    deposed: bool = False
    because: tuple[str, ...] = ()
    is_tainted: bool = False

    @property
    def known(self) -> Mapping[str, Any]:
        """The values that are known by now."""
        return {name: value for name, value in self.values.items() if value != KNOWN_LATER}


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan file of Terraform's and what is in it, `terraform_data` left out of the changes.

    `resources` are all resources, changed or not: `planned_values` and `prior_state` as Terraform shows them, masked.
    """

    file: Path
    changes: tuple[Change, ...]
    is_empty: bool
    has_imports: bool = False
    resources: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path, shown: Mapping[str, Any]) -> Self:
        """The plan of `terraform show -json FILE`, in which something changes."""
        has_imports = any("importing" in entry["change"] for entry in shown.get("resource_changes", ()))
        return cls(file, changes_of(shown), is_empty=False, has_imports=has_imports, resources=without_secrets(shown))

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
    before = change["before"] or {}
    after = marked(change["after"] or {}, change.get("after_unknown"), KNOWN_LATER)
    masks = change.get("before_sensitive"), change.get("after_sensitive")
    return Change(
        address=entry["address"],
        noun=entry["type"].removeprefix("homeport_"),
        action=ACTIONS[tuple(change["actions"])],
        values=_masked(after, masks[1]) if after else _masked(before, masks[0]),
        differences=_differences(before, after, masks) if before and after else (),
        deposed="deposed" in entry,
        is_tainted=entry.get("action_reason") == "replace_because_tainted",
        because=tuple(dict.fromkeys(str(path[0]) for path in change.get("replace_paths", ()) if path)),
    )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], masks: tuple[Any, Any]) -> tuple[Difference, ...]:
    """What differs, masked: a sensitive value that changes is a difference, too."""
    shown = _masked(before, masks[0]), _masked(after, masks[1])
    names = sorted(before.keys() | after.keys())
    return tuple(
        Difference(name, shown[0].get(name), shown[1].get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def _masked(values: Mapping[str, Any], marks: Any) -> dict[str, Any]:
    """Of a resource that is sensitive as a whole, each attribute is."""
    if marks is True:
        return dict.fromkeys(values, SENSITIVE)
    masked: dict[str, Any] = marked(values, marks, SENSITIVE)
    return masked
