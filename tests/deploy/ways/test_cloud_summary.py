"""A plan for AWS in words: cases by name, each a few resources as Terraform shows them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from homeport.deploy.summary import Line
from homeport.deploy.ways.cloud.summary import summarize
from homeport.deploy.ways.cloud.summary.components import type_of
from homeport.terraform import Plan

CASES = sorted((Path(__file__).parent / "cloud_plans").glob("*.yaml"))


def plan_of(case: Mapping[str, Any]) -> Plan:
    """`standing` are addresses of resources that are there before and after, beside those that change."""
    changes = [change(given) for given in case["changes"]]
    before, after = (resources(case, when) for when in ("before", "after"))
    shown = {"resource_changes": changes, "planned_values": after, "prior_state": {"values": before}}
    return Plan.read(Path("plan"), shown)


def resources(case: Mapping[str, Any], when: str) -> dict[str, Any]:
    """All that there is then, with the values of what changes, as Terraform has them beside its changes."""
    standing = [managed(address, {}) for address in case.get("standing", ())]
    changing = [(given["address"], change(given)["change"][when]) for given in case["changes"]]
    return {"root_module": {"resources": standing + [managed(*one) for one in changing if one[1] is not None]}}


def managed(address: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"address": address, "mode": "managed", "type": type_of(address), "values": values}


def change(given: Mapping[str, Any]) -> dict[str, Any]:
    """An update, unless it has other actions; what it was that is not said anew stays."""
    before, after = given.get("before"), given.get("after")
    actions = given.get("actions") or (["delete"] if after is None else ["create"] if before is None else ["update"])
    described = {
        "actions": actions,
        "before": before,
        "after": {**(before or {}), **after} if after is not None else None,
        "after_unknown": given.get("unknown", {}),
        "before_sensitive": given.get("sensitive", {}),
        "after_sensitive": given.get("sensitive", {}),
        "replace_paths": given.get("because", []),
    }
    more = {name: given[name] for name in ("deposed", "action_reason") if name in given}
    return {"address": given["address"], "type": type_of(given["address"]), "change": described, **more}


def said(lines: Iterable[Line]) -> list[str]:
    return [f"{line.mark} {line.noun} {line.subject}: {line.text}".replace(" :", ":") for line in lines]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_plan_in_words(path: Path) -> None:
    """Each situation is said so that a person understands it without knowing Terraform, and misses nothing."""
    case = YAML(typ="safe", pure=True).load(path)
    plan = plan_of(case)
    assert case["words"] == said(summarize(plan))
    if "everything" in case:
        assert case["everything"] == said(summarize(plan, everything=True))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_everything_is_a_line_for_each_resource(path: Path) -> None:
    """What a summary leaves to a number can be seen, by Terraform's own address."""
    plan = plan_of(YAML(typ="safe", pure=True).load(path))
    lines = summarize(plan, everything=True)
    assert [change.address for change in plan.changes] == [line.subject for line in lines]
    assert all(line.text for line in lines)
