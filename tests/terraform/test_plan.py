"""A plan as records."""

from homeport.terraform.plan import KNOWN_LATER, changes_of

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
