"""The cost of a plan, by what a person knows."""

from typing import Any

from homeport.cost import estimate
from homeport.deploy.cost import Cost, cost_of
from homeport.deploy.ways.cloud.summary import component_of, models_of

API, DATABASE = 'module.application.module.service["api"]', "module.application.module.database[0]"


def alarm(module: str, name: str) -> dict[str, Any]:
    return resource(f"{module}.aws_cloudwatch_metric_alarm.{name}", {"period": 60})


def resource(address: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": address, "mode": "managed", "type": address.split(".")[-2], "values": values}


def secret(module: str, name: str) -> dict[str, Any]:
    return resource(f"{module}.aws_secretsmanager_secret.{name}", {})


def cost(planned: list[dict[str, Any]], prior: list[dict[str, Any]]) -> Cost:
    shown = {
        "planned_values": {"root_module": {"resources": planned}},
        "prior_state": {"values": {"root_module": {"resources": prior}}},
    }
    models = models_of(shown)
    return cost_of(estimate(shown, "us-east-1"), lambda address: str(component_of(address, models)))


LOGS = resource(f"{API}.aws_cloudwatch_log_group.this", {})
TAGGER = 'module.application.module.service["tagger"]'
ALARM = alarm(TAGGER, "errors")
FIRST = [alarm(API, "errors"), LOGS, secret(DATABASE, "owner"), secret(DATABASE, "app")]


def test_the_first_release_has_a_total_and_its_shares() -> None:
    """The dearest first; what is billed by use is named and is in no sum; nothing stands that it could differ from."""
    assert [
        "Cost: about 0.90 USD a month by prices of 2026-06-30",
        "       0.80  database",
        "       0.10  service api",
        "  1 not known: logs (by use)",
        "  Not in it: traffic, tax, discounts and the free tier.",
    ] == cost(FIRST, []).lines()


def test_a_change_has_its_difference_in_the_total_and_where_it_is() -> None:
    """What stays as it is has none."""
    made = cost([*FIRST, alarm(API, "absent")], FIRST).lines()
    assert "Cost: about 1.00 USD a month (+0.10) by prices of 2026-06-30" == made[0]
    assert ["       0.80  database", "       0.20  service api (+0.10)"] == made[1:3]


def test_what_goes_is_a_share_that_is_spared() -> None:
    """A component that is removed costs nothing any more: that is said, not left out."""
    made = cost([secret(DATABASE, "owner"), secret(DATABASE, "app")], FIRST).lines()
    assert "Cost: about 0.80 USD a month (-0.10) by prices of 2026-06-30" == made[0]
    assert "       0.00  service api (-0.10)" in made


def test_everything_is_each_thing_that_is_billed() -> None:
    """By its address; what is not known is not 0."""
    made = cost(FIRST, []).lines(everything=True)
    assert f"       0.40  {DATABASE}.aws_secretsmanager_secret.app: secret" in made
    assert f"  not known  {API}.aws_cloudwatch_log_group.this: logs (by use)" in made


def test_where_nothing_is_known_there_is_no_sum() -> None:
    """No 0.00 that a person could take for free."""
    made = cost([LOGS], [])
    assert "Cost: not known: logs (by use)" == made.lines()[0]
    assert () == made.shares
    assert made.to_json()["monthly"] is None


def test_json_has_the_shares() -> None:
    """Money is text, as in all of it; the lines by address are there, too."""
    made = cost([*FIRST, alarm(API, "absent")], FIRST).to_json()
    assert [
        {"component": "database", "monthly": "0.80", "difference": "±0.00"},
        {"component": "service api", "monthly": "0.20", "difference": "+0.10"},
    ] == made["components"]
    assert ("1.00", "+0.10", 1) == (made["monthly"], made["difference"], made["unknown"])


def test_the_shares_are_the_total() -> None:
    """No cent is in none of them."""
    made = cost(FIRST, [])
    assert made.estimate.total == sum(share.monthly for share in made.shares)


def test_a_model_is_called_as_in_the_manifest() -> None:
    """As in the lines of the plan above it; also when it goes."""
    made = cost(FIRST, [*FIRST, resource(f"{TAGGER}.homeport_image.this", {"source": "model/notes-tagger"}), ALARM])
    assert "       0.00  model tagger (-0.10)" in made.lines()
