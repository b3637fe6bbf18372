"""A plan as records."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from homeport.terraform.masking import KNOWN_LATER, SENSITIVE, marked
from homeport.terraform.plan import Difference, Plan, changes_of

SECRETS = ("old-password", "new-password", "old-token", "new-token")


def values(word: str) -> dict[str, Any]:
    return {"name": "db", "password": f"{word}-password", "login": [{"user": "ana", "token": f"{word}-token"}]}


MARKS = {"password": True, "login": [{"token": True}]}


def state(word: str) -> dict[str, Any]:
    resource = {"address": "module.a.aws_x.this", "values": values(word), "sensitive_values": MARKS}
    return {"root_module": {"child_modules": [{"address": "module.a", "resources": [resource]}]}}


def shown(actions: list[str]) -> dict[str, Any]:
    change = {
        "actions": actions,
        "before": values("old") if actions != ["create"] else None,
        "after": values("new") if actions != ["delete"] else None,
        "before_sensitive": MARKS,
        "after_sensitive": MARKS,
        "after_unknown": {},
    }
    return {
        "resource_changes": [{"address": "module.a.aws_x.this", "type": "aws_x", "change": change}],
        "planned_values": state("new"),
        "prior_state": {"values": state("old")},
    }


@pytest.mark.parametrize("actions", [["create"], ["update"], ["delete"], ["delete", "create"]], ids="-".join)
def test_no_sensitive_value_is_in_a_plan(actions: list[str]) -> None:
    """Whatever reads the records, a line, a script or an error, has nothing to hide; what is not sensitive is there."""
    made = json.dumps(asdict(Plan.read(Path("plan"), shown(actions))), default=str)
    assert [] == [secret for secret in SECRETS if secret in made]
    assert "ana" in made


def test_a_sensitive_value_that_changes_is_a_difference() -> None:
    """That it changes is no secret."""
    change = Plan.read(Path("plan"), shown(["update"])).changes[0]
    login = [{"user": "ana", "token": SENSITIVE}]
    assert (Difference("login", login, login), Difference("password", SENSITIVE, SENSITIVE)) == change.differences


def test_a_resource_that_is_sensitive_as_a_whole_shows_the_names_of_its_attributes() -> None:
    """Terraform marks a whole object so where it cannot say which of its values are."""
    whole = shown(["update"])
    whole["resource_changes"][0]["change"] |= {"before_sensitive": True, "after_sensitive": True}
    change = Plan.read(Path("plan"), whole).changes[0]
    assert dict.fromkeys(values(""), SENSITIVE) == change.values
    assert {SENSITIVE} == {one.before for one in change.differences} | {one.after for one in change.differences}


@pytest.mark.parametrize(
    ("value", "marks", "wanted"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"a": False, "b": [{}]}, {"a": 1}),
        ({"a": 1}, {"b": True}, {"a": 1, "b": KNOWN_LATER}),
        ({"a": [{"b": 1}]}, {"a": [{"c": True}]}, {"a": [{"b": 1, "c": KNOWN_LATER}]}),
        ({"a": ["x", None]}, {"a": [False, True]}, {"a": ["x", KNOWN_LATER]}),
        ({"a": ["x"]}, {"a": [False, True]}, {"a": ["x", KNOWN_LATER]}),
        ({"a": None}, {"a": {"b": True}}, {"a": {"b": KNOWN_LATER}}),
    ],
)
def test_what_is_known_later_is_said_so_wherever_it_is(value: Any, marks: Any, wanted: Any) -> None:
    """A block with one unknown value in it is not one that loses it."""
    assert wanted == marked(value, marks, KNOWN_LATER)


def test_what_it_is_made_anew_for() -> None:
    """A person who did not ask for it sees which of their changes did."""
    anew = shown(["delete", "create"])
    anew["resource_changes"][0]["change"]["replace_paths"] = [["login", 0, "user"], ["login", 0, "token"], ["name"]]
    assert ("login", "name") == Plan.read(Path("plan"), anew).changes[0].because


REPLACE = ["delete", "create"]


def _entry(**given: object) -> dict[str, object]:
    change = {"actions": REPLACE, "before": {"name": "a"}, "after": {"name": "a"}, "after_unknown": {"arn": True}}
    return {"address": "aws_lb.this", "type": "aws_lb", "change": change, **given}


def test_what_is_half_made_is_told_from_what_changes() -> None:
    """Both are replaced; only the first may be whole after all."""
    half_made, changed = changes_of(
        {
            "resource_changes": [
                _entry(action_reason="replace_because_tainted"),
                _entry(action_reason="replace_because_cannot_update"),
            ]
        }
    )
    assert (True, False) == (half_made.is_tainted, changed.is_tainted)


def test_what_is_known_later_is_not_known() -> None:
    """Nothing can be asked for by it."""
    (change,) = changes_of({"resource_changes": [_entry()]})
    assert {"name": "a", "arn": KNOWN_LATER} == change.values
    assert {"name": "a"} == change.known
