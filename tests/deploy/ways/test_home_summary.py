"""A plan of a home server in words."""

import json
from pathlib import Path

import pytest

from homeport.deploy.ways.home.summary import summarize
from homeport.terraform.plan import Plan, changes_of

CASES = sorted((Path(__file__).parent / "home_plans").glob("*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_plan_in_words(case: Path) -> None:
    """Each situation is said in one line that a person understands without knowing Terraform."""
    found = json.loads(case.read_text())
    plan = Plan(Path(), changes_of(found["shown"]), is_empty=False)
    assert found["words"] == [f"{line.mark} {line.noun} {line.subject}: {line.text}" for line in summarize(plan)]
