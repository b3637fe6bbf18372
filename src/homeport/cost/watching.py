"""What secrets, keys, alarms and metrics cost."""

from collections.abc import Iterator
from decimal import Decimal

from homeport.cost.bill import BY_USE, Bill, Item, block, unknown

MINUTE = 60


def secret(bill: Bill) -> Iterator[Item]:
    """Source: AWS Secrets Manager pricing; 10 000 calls more cost 0.05."""
    yield bill.item("secret", {"secret month": Decimal(1)})


def key(bill: Bill) -> Iterator[Item]:
    """Source: AWS Key Management Service pricing."""
    yield bill.item("key", {"key month": Decimal(1)})
    yield unknown("uses of the key", BY_USE)


def alarm(bill: Bill) -> Iterator[Item]:
    """By the metrics that it watches. Source: Amazon CloudWatch pricing, alarms of standard resolution."""
    queries = bill.value("metric_query") or ()
    periods = [bill.value("period"), *(block(query.get("metric")).get("period") for query in queries)]
    is_plain = not bill.value("threshold_metric_id") and all(period is None or period >= MINUTE for period in periods)
    metrics = sum(1 for query in queries if query.get("metric")) if queries else 1
    if not is_plain or not metrics:
        yield unknown("alarm", "only alarms on metrics by the minute or longer are in the table")
    else:
        yield bill.item("alarm", {"alarm month": Decimal(metrics)})


def metric_filter(bill: Bill) -> Iterator[Item]:
    """The metric that it makes: with a default value it has data all month. Source: Amazon CloudWatch pricing."""
    if block(bill.value("metric_transformation")).get("default_value") in (None, ""):
        yield unknown("metric of a log filter", BY_USE)
    else:
        yield bill.item("metric of a log filter", {"metric month": Decimal(1)})


def cluster(bill: Bill) -> Iterator[Item]:
    """Free but for Container Insights. Source: Amazon CloudWatch pricing."""
    settings = bill.value("setting") or ()
    if any(one.get("name") == "containerInsights" and one.get("value") != "disabled" for one in settings):
        yield unknown("Container Insights", BY_USE)
