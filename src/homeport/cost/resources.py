"""The resources of a plan or a state, as `terraform show -json` gives them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `module` is the address of the module that it stands in, "" for the root.

    A value that is known after the apply only is not in `values`.
    """

    address: str
    module: str
    type: str
    values: Mapping[str, Any]


def resources(values: Mapping[str, Any] | None) -> tuple[Resource, ...]:
    """All that Terraform manages in `planned_values`, or in the `values` of a `prior_state`; data sources are not."""
    return tuple(_of_module((values or {}).get("root_module", {})))


def _of_module(module: Mapping[str, Any]) -> Iterator[Resource]:
    for entry in module.get("resources", ()):
        if entry["mode"] == "managed":
            yield Resource(entry["address"], module.get("address", ""), entry["type"], entry.get("values") or {})
    for child in module.get("child_modules", ()):
        yield from _of_module(child)
