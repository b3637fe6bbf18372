"""What something new is: what a person would ask about it, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from homeport.deploy.summary import short
from homeport.deploy.ways.cloud.summary.components import name_of
from homeport.deploy.ways.cloud.summary.definition import cpus, memory
from homeport.deploy.ways.cloud.summary.policy import rule_words
from homeport.terraform import Change
from homeport.terraform.masking import KNOWN_LATER, SENSITIVE

Values = Mapping[str, Any]


def facts(changes: Sequence[Change]) -> list[str]:
    """In the order of the table below; what is not known yet is left out."""
    found = [fact for noun, fact_of in FACTS.items() for fact in _of(noun, fact_of, changes)]
    return list(dict.fromkeys(found))


def _of(noun: str, fact_of: Callable[[Values], Iterable[str]], changes: Sequence[Change]) -> Iterator[str]:
    kind, _, name = noun.partition(" ")
    for change in changes:
        if change.noun == kind and name in ("", name_of(change.address)):
            yield from (fact for fact in fact_of(change.values) if KNOWN_LATER not in fact and SENSITIVE not in fact)


def _image(values: Values) -> Iterator[str]:
    yield f"image {short('@' + str(values['digest']))}"


def _size(values: Values) -> Iterator[str]:
    yield f"{cpus(values['cpu'])}, {memory(values['memory'])}"


def _count(values: Values) -> Iterator[str]:
    count = values.get("desired_count")
    if count != 1:
        yield f"{count} tasks"


def _routes(values: Values) -> Iterator[str]:
    for condition in values.get("condition") or ():
        for pattern in condition.get("path_pattern") or ():
            yield str(pattern["values"][0]).removesuffix("*") if pattern.get("values") else KNOWN_LATER


def _logs(values: Values) -> Iterator[str]:
    days = values.get("retention_in_days")
    yield f"logs {days} days" if days else "logs for ever"


def _instance(values: Values) -> Iterator[str]:
    yield f"Postgres {values.get('engine_version')}"
    yield str(values.get("instance_class"))
    yield f"{values.get('allocated_storage')} GB"
    yield "encrypted" if values.get("storage_encrypted") else "NOT encrypted"
    days = values.get("backup_retention_period")
    yield f"backups {days} days" if days else "NO backups"
    yield "deletion protection" if values.get("deletion_protection") else "NO deletion protection"
    if values.get("publicly_accessible"):
        yield "OPEN to the internet"


def _distribution(values: Values) -> Iterator[str]:
    hosts = values.get("aliases") or ()
    yield f"CloudFront as {', '.join(hosts)}" if hosts else "CloudFront under its own name"
    behaviors = values.get("ordered_cache_behavior") or ()
    patterns = [str(one.get("path_pattern")) for one in behaviors]
    yield ", ".join(["/", *(pattern for pattern in patterns if not pattern.endswith("/*"))])


def _rule(values: Values) -> Iterator[str]:
    if values.get("cidr_ipv4") or values.get("cidr_ipv6"):
        yield rule_words("ingress", values)


def _privacy(values: Values) -> Iterator[str]:
    is_private = all(values.get(name) for name in ("block_public_policy", "restrict_public_buckets"))
    yield "private" if is_private else "MAY BE PUBLIC"


def _versions(values: Values) -> Iterator[str]:
    if any(one.get("status") == "Enabled" for one in values.get("versioning_configuration") or ()):
        yield "with versions"


def _budget(values: Values) -> Iterator[str]:
    yield f"{values.get('limit_amount')} {values.get('limit_unit')} a month"


def _named(attribute: str) -> Callable[[Values], Iterator[str]]:
    def fact(values: Values) -> Iterator[str]:
        if value := values.get(attribute):
            yield str(value)

    return fact


def _all(*said: str) -> Callable[[Values], tuple[str, ...]]:
    return lambda values: said


# By the noun, and by the name in its module where only one of several is meant.
FACTS: Mapping[str, Callable[[Values], Iterable[str]]] = {
    "image this": _image,
    "aws_ecs_task_definition this": _size,
    "aws_ecs_service": _count,
    "aws_lb_listener_rule": _routes,
    "aws_db_instance": _instance,
    "ecs_task migration": _all("migrations run"),
    "aws_cloudfront_distribution": _distribution,
    "aws_s3_bucket_public_access_block": _privacy,
    "aws_s3_bucket_server_side_encryption_configuration": _all("encrypted"),
    "aws_s3_bucket_versioning": _versions,
    "aws_vpc": _named("cidr_block"),
    "aws_subnet public": _all("public subnets"),
    "aws_subnet isolated": _all("isolated subnets"),
    "aws_nat_gateway": _all("NAT gateway"),
    "aws_vpc_security_group_ingress_rule load_balancer": _rule,
    "aws_ecs_cluster": _named("name"),
    "aws_acm_certificate": _named("domain_name"),
    "aws_iam_policy boundary": _all("a permissions boundary"),
    "aws_iam_openid_connect_provider": _named("url"),
    "aws_iam_role plan": _named("name"),
    "aws_iam_role deploy": _named("name"),
    "aws_budgets_budget": _budget,
    "aws_cloudwatch_log_group this": _logs,
}
