"""What a plan must not show, and what it cannot: sensitive values, and those that are known after the apply only.

Source: Terraform, "JSON Output Format": `before_sensitive`, `after_sensitive`, `after_unknown` and `sensitive_values`
have the shape of the value beside them, with true where it is so.
"""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

KNOWN_LATER = "(known after apply)"
SENSITIVE = "(sensitive)"


def marked(value: Any, marks: Any, text: str) -> Any:
    """`value` with `text` wherever `marks` is true; all else as it was."""
    if marks is True:
        return text
    if not _has_a_mark(marks):
        return value
    if isinstance(marks, dict):
        whole = value if isinstance(value, dict) else {}
        return whole | {name: marked(whole.get(name), mark, text) for name, mark in marks.items() if _has_a_mark(mark)}
    entries = value if isinstance(value, list) else []
    return [marked(entry, mark, text) for entry, mark in zip_longest(entries, marks)]


def without_secrets(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The two lists of resources in `terraform show -json PLAN`, as they will be and as they are, masked."""
    prior = shown.get("prior_state") or {}
    return {
        "planned_values": _masked_values(shown.get("planned_values")),
        "prior_state": {"values": _masked_values(prior.get("values"))},
    }


def _has_a_mark(marks: Any) -> bool:
    if isinstance(marks, dict):
        return any(_has_a_mark(mark) for mark in marks.values())
    if isinstance(marks, list):
        return any(_has_a_mark(mark) for mark in marks)
    return marks is True


def _masked_values(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"root_module": _masked_module((values or {}).get("root_module") or {})}


def _masked_module(module: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **module,
        "resources": [_masked_resource(resource) for resource in module.get("resources", ())],
        "child_modules": [_masked_module(child) for child in module.get("child_modules", ())],
    }


def _masked_resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    marks = resource.get("sensitive_values", False)
    return {**resource, "values": marked(resource.get("values") or {}, marks, SENSITIVE)}
