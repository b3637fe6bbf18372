"""What a verb shows of a plan before a person says yes."""

import json
from pathlib import Path
from typing import Any

import pytest

from homeport.aws import Session
from homeport.cli.outcome import show_changes
from homeport.cli.plan import described
from homeport.cli.show import show_json
from homeport.deploy.ways.home import HomeWay
from homeport.targets import CloudTarget
from homeport.terraform import Plan

PLANS = sorted((Path(__file__).parent / "plans").glob("*.json"))
API = 'module.application.module.service["api"]'
TARGET = CloudTarget.on(Session("us-east-1", "123456789012"), holder="ana@laptop")


def entry(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": f"{API}.{name}", "mode": "managed", "type": name.partition(".")[0], "values": values}


ENTRIES = [
    entry("aws_cloudwatch_metric_alarm.errors", {"period": 300}),
    entry("aws_cloudwatch_log_group.this", {"retention_in_days": 30}),
    entry("aws_ssm_parameter.key", {"value": "hunter2"}) | {"sensitive_values": {"value": True}},
]


def created(one: dict[str, Any]) -> dict[str, Any]:
    change = {"actions": ["create"], "before": None, "after": one["values"]}
    return {**one, "change": change | {"after_sensitive": one.get("sensitive_values", {})}}


def plan() -> Plan:
    shown = {
        "resource_changes": [created(one) for one in ENTRIES],
        "planned_values": {"root_module": {"resources": ENTRIES}},
    }
    return Plan.read(Path("plan"), shown)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_plan_of_terraforms_is_shown(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Recorded of the example and the emulator, and cut to what is looked at; the text beside it is what is shown."""
    recorded = Plan.read(Path("plan"), json.loads(path.read_text()))
    target = CloudTarget.on(Session("eu-west-1", "123456789012"), holder="ana@laptop")
    show_changes(recorded, target, "notes on production:")
    assert path.with_suffix(".txt").read_text() == capsys.readouterr().err


def test_a_plan_for_aws_is_by_what_a_person_knows_with_its_cost(capsys: pytest.CaptureFixture[str]) -> None:
    """What is left to a number says how to see it."""
    show_changes(plan(), TARGET, "notes on production:")
    assert [
        "notes on production:",
        "  + service api new: logs 30 days (3 resources)",
        "  3 resources: 3 new. A line for each: --all",
        "  Cost: about 0.10 USD a month by prices of 2026-06-30",
        "         0.10  service api",
        "    2 not known: logs (by use); aws_ssm_parameter (no price for its type)",
        "    Not in it: traffic, tax, discounts and the free tier.",
    ] == capsys.readouterr().err.splitlines()


def test_everything_of_a_plan_for_aws(capsys: pytest.CaptureFixture[str]) -> None:
    """Each resource, each thing that is billed, and no word of where the rest is."""
    show_changes(plan(), TARGET, "notes on production:", everything=True)
    said = capsys.readouterr().err
    assert f"  + aws_cloudwatch_log_group    {API}.aws_cloudwatch_log_group.this      new" in said
    assert f"       0.10  {API}.aws_cloudwatch_metric_alarm.errors: alarm" in said
    assert "--all" not in said


def test_a_plan_that_is_not_the_whole_of_what_changes_has_no_cost(capsys: pytest.CaptureFixture[str]) -> None:
    """Data is dropped by a second plan: the cost after the first is not what is left."""
    show_changes(plan(), TARGET, "notes on production:", with_cost=False)
    assert "Cost" not in capsys.readouterr().err


def test_json_has_every_line_every_value_that_is_no_secret_and_the_cost(capsys: pytest.CaptureFixture[str]) -> None:
    """A script sees what a person may see, and all of it."""
    show_json(described(plan(), TARGET))
    said = capsys.readouterr().out
    found = json.loads(said)
    assert "hunter2" not in said
    assert [one["address"] for one in ENTRIES] == [line["subject"] for line in found["changes"]]
    assert [{"period": 300}, {"retention_in_days": 30}, {"value": "(sensitive)"}] == [
        one["values"] for one in found["resources"]
    ]
    assert "0.10" == found["cost"]["monthly"]


def test_where_nothing_changes_or_nothing_is_billed_there_is_no_cost() -> None:
    """An empty plan was not shown by Terraform, and a home server sends no bill: null, and never 0."""
    empty = Plan(Path("plan"), (), is_empty=True)
    assert described(empty, TARGET)["cost"] is None
    assert HomeWay(None).cost(plan()) is None  # type: ignore[arg-type]
