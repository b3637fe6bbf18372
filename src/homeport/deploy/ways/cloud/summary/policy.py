"""Who may do what: policies and the rules of security groups, as a person would say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from homeport.deploy.ways.cloud.summary.differences import is_nothing, leaves, parsed, said
from homeport.terraform.masking import KNOWN_LATER
from homeport.terraform.plan import Difference

POLICIES = ("policy", "assume_role_policy")
MOST = 4  # grants that are said one by one


def rule_words(noun: str, values: Mapping[str, Any]) -> str:
    """`in from 0.0.0.0/0 on tcp 80`."""
    way = "in from" if "ingress" in noun else "out to"
    places = (values.get(name) for name in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"))
    place = next((str(place) for place in places if not is_nothing(place)), "anywhere")
    where = "another security group" if place.startswith("sg-") or place == KNOWN_LATER else place
    return f"{way} {where} on {_ports(values)}"


def policy_words(difference: Difference) -> list[str]:
    """What is granted or denied from now on, and what is no more: `+ Allow s3:GetObject on bucket/*`."""
    before, after = parsed(difference.before), parsed(difference.after)
    if not isinstance(after, dict | None):
        return [said(leaf) for leaf in leaves(difference)]
    one, other = (set(_grants(policy if isinstance(policy, dict) else {})) for policy in (before, after))
    found = [f"+ {grant}" for grant in sorted(other - one)] + [f"- {grant}" for grant in sorted(one - other)]
    return found if len(found) <= MOST else [*found[:MOST], f"and {len(found) - MOST} more"]


def _ports(values: Mapping[str, Any]) -> str:
    protocol, first, last = values.get("ip_protocol"), values.get("from_port"), values.get("to_port")
    if protocol in (None, "-1"):
        return "every port"
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"


def _grants(policy: Mapping[str, Any]) -> Iterator[str]:
    for statement in _listed(policy.get("Statement")):
        who = statement.get("Principal")
        by = f" by {_who(who)}" if who else ""
        condition = "".join(_conditions(statement.get("Condition") or {}))
        for action in _listed(statement.get("Action") or statement.get("NotAction")):
            for resource in _listed(statement.get("Resource")) or [""]:
                on = f" on {_short_arn(str(resource))}" if resource else ""
                yield f"{statement.get('Effect')} {action}{on}{by}{condition}"


def _conditions(given: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for operator, wanted in sorted(given.items()):
        for key, value in sorted(wanted.items()):
            yield f" if {key} {operator} {' or '.join(str(one) for one in _listed(value))}"


def _who(principal: Any) -> str:
    if not isinstance(principal, dict):
        return "anybody" if principal == "*" else str(principal)
    return ", ".join(str(one) for entry in principal.values() for one in _listed(entry))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _short_arn(resource: str) -> str:
    """Without partition, service, region and account."""
    return resource.split(":", 5)[-1] if resource.startswith("arn:") else resource
