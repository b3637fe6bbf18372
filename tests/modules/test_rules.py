"""Every rule of every module has a run that breaks it. Whether Terraform then refuses, its own tests say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.rules import refusals, rules

MODULES = Path(__file__).parents[2] / "modules"
ALL = sorted(str(path.relative_to(MODULES)) for kind in ("home", "aws") for path in (MODULES / kind).iterdir())


@pytest.mark.parametrize("name", ALL)
def test_every_rule_has_a_run_that_breaks_it(name: str) -> None:
    """As many runs for a variable or a resource as it has rules, no two alike; a run for what has no rule is stale."""
    wanted = Counter(rule.subject for rule in rules(MODULES / name))
    found = refusals(MODULES / name)
    broken = Counter(run.subject for run in found)
    assert {} == wanted - broken
    assert wanted.keys() == broken.keys()
    assert len(found) == len({run.body for run in found})


def test_no_rule_is_overlooked() -> None:
    """The reader of the text finds whatever is written as a rule, wherever it stands in a module."""
    for name in ALL:
        text = "".join(path.read_text() for path in (MODULES / name).glob("*.tf"))
        written = sum(text.count(f"{word} {{\n") for word in ("validation", "precondition", "postcondition"))
        assert written == len(rules(MODULES / name)), name
    assert len(rules(MODULES / "aws" / "base")) > 10
