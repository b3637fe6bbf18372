"""The cost line: cases by name, a plan of a real Terraform, the table itself."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from homeport.cost import Line, Prices, estimate
from homeport.cost.prices import TABLE
from homeport.cost.types import BY_USE, FREE, PRICED

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parents[1]
CASES = sorted((FOLDER / "cases").glob("*.yaml"))
TYPE_OF = re.compile(r"(?:.*\.)?([a-z0-9_]+)\.[a-z0-9_]+$")


def read(case: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(case))


def resource(given: Mapping[str, Any]) -> dict[str, Any]:
    found = TYPE_OF.match(given["address"])
    assert found
    return {
        "address": given["address"],
        "mode": given.get("mode", "managed"),
        "type": found[1],
        "values": given.get("values", {}),
    }


def values(given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """As Terraform nests them: a module's resources in a child of the root."""
    modules: dict[str, list[dict[str, Any]]] = {}
    for one in given:
        address = one["address"]
        module = address.rpartition(".aws_")[0] if address.startswith("module.") else ""
        modules.setdefault(module, []).append(resource(one))
    children = [{"address": name, "resources": found} for name, found in modules.items() if name]
    return {"root_module": {"resources": modules.get("", []), "child_modules": children}}


def shown(case: Mapping[str, Any]) -> dict[str, Any]:
    prior = {"prior_state": {"values": values(case["prior"])}} if "prior" in case else {}
    return {"planned_values": values(case["planned"]), **prior}


def described(line: Line) -> str:
    size = f", {line.size}" if line.size else ""
    price = "?" if line.monthly is None else f"{line.monthly:.2f}"
    return f"{price} {line.address}: {line.what}{size}" + (f" ({line.why})" if line.monthly is None else "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_plan_has_its_cost(case: Path) -> None:
    """What is known is summed, what is not is named with its reason, and neither passes for the other."""
    wanted = read(case)
    made = estimate(shown(wanted), wanted["region"])
    if "text" in wanted:
        assert wanted["text"] == "; ".join(made.text())
    if "lines" in wanted:
        assert sorted(wanted["lines"]) == sorted(described(line) for line in made.lines)


def test_the_plan_of_a_real_terraform_has_its_cost() -> None:
    """Before anything is made, most of it is known already; what AWS decides is not."""
    made = estimate(json.loads((FOLDER / "first_plan.json").read_text()), "eu-west-1")
    assert [
        "about 77.78 USD a month by prices of 2026-06-30",
        "7 not known: images in ECR, load balancer capacity units, S3, RDS backups beyond the database's size, "
        "2 × logs (by use); public IPv4 addresses of the load balancer (one in each zone, known after the apply)",
    ] == made.text()
    assert '    14.42  module.service["api"].aws_ecs_service.this: Fargate tasks, 2 × 0.25 vCPU and 0.5 GB, ARM64' in (
        made.details()
    )
    assert "Not in it: traffic, tax, discounts and the free tier." == made.left_out()


def test_json_has_money_as_text_and_null_for_what_is_not_known() -> None:
    """A script that sums must not take an unknown for nothing."""
    plan = {"planned": [{"address": "aws_secretsmanager_secret.this"}, {"address": "aws_s3_bucket.this"}], "prior": []}
    assert estimate(shown(plan), "us-east-1").to_json() == {
        "monthly": "0.40",
        "difference": None,
        "currency": "USD",
        "as_of": "2026-06-30",
        "unknown": 1,
        "lines": [
            {"address": "aws_secretsmanager_secret.this", "what": "secret", "size": "", "monthly": "0.40"},
            {"address": "aws_s3_bucket.this", "what": "S3", "size": "", "monthly": None, "why": "by use"},
        ],
        "not_in_it": "traffic, tax, discounts and the free tier",
    }


def test_json_has_no_sum_where_nothing_is_known() -> None:
    """Null is not 0."""
    assert None is estimate(shown({"planned": [{"address": "aws_s3_bucket.this"}]}), "us-east-1").to_json()["monthly"]


def test_a_type_is_in_one_list() -> None:
    """Free, by use or priced: one of them."""
    assert set() == (PRICED.keys() & BY_USE.keys()) | (PRICED.keys() & FREE) | (BY_USE.keys() & FREE)


def test_every_type_of_our_modules_is_in_a_list() -> None:
    """A module that makes something new says what it costs."""
    text = "\n".join(file.read_text() for file in (REPOSITORY / "modules").rglob("*.tf"))
    used = set(re.findall(r'^resource "(aws_\w+)"', text, re.MULTILINE))
    assert set() == used - PRICED.keys() - BY_USE.keys() - FREE


def test_the_table_says_its_day_its_sources_and_prices_over_nothing() -> None:
    """A price of 0 would be an unknown one in disguise."""
    table = json.loads(TABLE.read_text())
    assert date.fromisoformat(table["as_of"])
    assert table["sources"]
    prices = Prices.shipped()
    assert {"eu-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-2"} == prices.regions.keys()
    assert all(price > 0 for region in prices.regions.values() for price in region.values())
    assert all(isinstance(price, str) for region in table["regions"].values() for price in region.values())
