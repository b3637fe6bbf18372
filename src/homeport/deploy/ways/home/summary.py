"""A plan of a home server in words: a line for each resource, which is a noun that a person knows. Pure."""

from collections.abc import Iterable
from typing import Any

from homeport.deploy.summary import DROPPED, Line, arrow, changed_keys, mark_of
from homeport.terraform import Change, Plan
from homeport.terraform.masking import KNOWN_LATER
from homeport.terraform.plan import Difference

MEBIBYTE = 2**20
LONGEST = 60  # characters of a list's value
COMPUTED = ("name", "address", "changed", "id", "mountpoint", "version", "owner", "app")
ORDER = ("network", "volume", "database", "migration", "container", "route")
# What nobody gets while a container of the base is replaced, as bench/base_upgrade.py measures it.
AWAY = {
    "gateway": "nobody is turned away; what is in flight has 70 s to end",
    "front": "no new connection for about 2 s, after requests in flight have ended (10 s at most)",
    "registry": "pushes and pulls wait for about 1 s, after requests in flight have ended (10 s at most)",
    "postgres": "requests wait for about 2 s, after those in flight have ended (10 s at most)",
}


def summarize(plan: Plan) -> list[Line]:
    """A line for each resource that changes, in the order of a release."""
    changes = sorted(plan.changes, key=lambda change: ORDER.index(change.noun) if change.noun in ORDER else 99)
    return [Line(_mark(change), change.noun, _subject(change), _text(change)) for change in changes]


def _mark(change: Change) -> str:
    return "-" if _drops_data(change) else mark_of(change)


def _drops_data(change: Change) -> bool:
    """A database is marked before it is dropped, whatever Terraform calls that step."""
    return change.noun == "database" and bool(change.values.get("delete_data"))


def _subject(change: Change) -> str:
    values = change.values
    if change.noun == "route":
        return f"{values['host']}{values['path']}"
    for name in ("service", "database", "name"):
        if isinstance(values.get(name), str) and values[name] != KNOWN_LATER:
            return str(values[name])
    return change.address


def _text(change: Change) -> str:
    if change.deposed:
        return "an earlier version: removed at the end"
    if _drops_data(change):
        return DROPPED
    if change.action == "create":
        return "new"
    if change.action == "delete":
        return _removal(change)
    return _differences(change.noun, change.differences) + _away(change)


def _away(change: Change) -> str:
    """What replacing a container of the base costs those who use it."""
    service = change.values.get("service")
    if change.noun != "container" or change.values.get("application") or service not in AWAY:
        return ""
    gives_its_ports = any(one.attribute == "publish" and not one.after for one in change.differences)
    return f"; {AWAY['front' if gives_its_ports else service]}"


def _removal(change: Change) -> str:
    if change.noun == "migration":
        return "forgotten"
    return "forgotten; its data stays" if change.noun in ("database", "volume") else "removed"


def _differences(noun: str, differences: Iterable[Difference]) -> str:
    by_hand = [str(one.before) for one in differences if one.attribute == "changed" and one.before]
    if by_hand:
        return f"made anew: changed by hand ({', '.join(by_hand)})"
    said = [_said(noun, one) for one in differences if one.attribute not in COMPUTED or noun == "route"]
    return ", ".join(said) or "made anew"


def _said(noun: str, difference: Difference) -> str:
    name, before, after = difference.attribute, difference.before, difference.after
    if noun == "route" and name == "address":
        is_address = bool(before) and str(before).replace(".", "").replace(":", "").isdigit()
        return "switches to the new version" if is_address else f"put right: {before or 'nothing is routed'}"
    if noun == "migration" and name == "image" and not before:
        return "runs again: the database is not as the last run should have left it"
    if isinstance(before, dict) or isinstance(after, dict):
        return f"{name} ({changed_keys(before or {}, after or {})})"
    if isinstance(before, list) or isinstance(after, list):
        return f"{name} {_only_in(before, after)} → {_only_in(after, before)}"
    if name == "memory":
        before, after = _mebibytes(before), _mebibytes(after)
    return f"{name} {arrow(before, after)}"


def _only_in(one: list[Any] | None, other: list[Any] | None) -> str:
    text = " ".join(str(value) for value in one or () if value not in (other or ())) or "none"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _mebibytes(size: Any) -> str:
    return f"{int(size) // MEBIBYTE}M" if size else ""
