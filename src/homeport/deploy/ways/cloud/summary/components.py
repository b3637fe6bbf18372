"""What a person knows a resource as a piece of: the database, a service, a model, a site, the network.

By its address; but a model is a service to our modules, and told from one by the namespace of its image.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homeport.cost.resources import resources
from homeport.terraform import Change

MODULE = re.compile(r'module\.([\w-]+)(?:\["([^"]*)"\]|\[\d+\])?')
RESOURCE = re.compile(r'(?:^|\.)(?P<type>[a-z0-9_]+)\.(?P<name>[\w-]+)(?:\[(?:"(?P<key>[^"]*)"|(?P<index>\d+))\])?$')

# The modules that make one thing each, by the name under which ours call them.
MODULES = {"database": "database", "service": "service", "distribution": "routes", "site": "site"}
IMAGE = "homeport_image"
NAMESPACE_OF_MODELS = "model/"
# All else is of the base, or beside those modules: by the beginning of its type; the first that fits.
TYPES = (
    ("aws_ecr_", "repositories"),
    ("aws_lb", "load balancer"),
    ("aws_security_group", "load balancer"),
    ("aws_vpc_security_group", "load balancer"),
    ("aws_ecs_cluster", "cluster"),
    ("aws_s3_", "state"),
    ("aws_acm_", "certificates"),
    ("aws_route53_", "certificates"),
    ("aws_budgets_", "budget"),
    ("aws_iam_", "access"),
    ("aws_", "network"),
)
ORDER = (
    "network",
    "load balancer",
    "cluster",
    "state",
    "certificates",
    "access",
    "budget",
    "repositories",
    "database",
    "service",
    "model",
    "site",
    "routes",
)


@dataclass(frozen=True, slots=True)
class Component:
    """`name` is its name in the manifest; empty where there is one of its noun."""

    noun: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.noun} {self.name}".rstrip()


def models_of(shown: Mapping[str, Any]) -> frozenset[str]:
    """The names of the models in a plan's resources, as they are and as they will be."""
    values = ((shown.get("prior_state") or {}).get("values"), shown.get("planned_values"))
    images = [one for given in values for one in resources(given) if one.type == IMAGE]
    of_models = (one for one in images if str(one.values.get("source", "")).startswith(NAMESPACE_OF_MODELS))
    return frozenset(component_of(one.address).name for one in of_models)


def component_of(address: str, models: Collection[str] = ()) -> Component:
    """Of the innermost module that makes one thing; outside of all, by the resource's type. `models` are the names of
    those services that are models."""
    modules = [found for found in MODULE.findall(address) if found[0] in MODULES]
    if modules:
        name, key = modules[-1]
        noun = MODULES[name]
        return Component("model" if noun == "service" and key in models else noun, key)
    kind = type_of(address)
    noun = next((noun for beginning, noun in TYPES if kind.startswith(beginning)), kind)
    return Component(noun)


def type_of(address: str) -> str:
    found = RESOURCE.search(address)
    return found["type"] if found else address


def name_of(address: str) -> str:
    """What its module calls the resource: `errors`; mostly `this`."""
    found = RESOURCE.search(address)
    return found["name"] if found else ""


def label_of(address: str) -> str:
    """The same, and which of several it is: `errors`, `public 1`; empty for the only one of its type."""
    found = RESOURCE.search(address)
    if not found:
        return ""
    which = found["key"] or (found["index"] or "").removeprefix("0")
    return f"{found['name'].removeprefix('this')} {which}".strip()


def by_component(changes: Iterable[Change], models: Collection[str]) -> dict[Component, list[Change]]:
    """In the order of a release; what no noun is known for comes last."""
    found: dict[Component, list[Change]] = {}
    for change in changes:
        found.setdefault(component_of(change.address, models), []).append(change)
    return dict(sorted(found.items(), key=lambda entry: place_of(entry[0])))


def place_of(component: Component) -> tuple[int, str, str]:
    known = component.noun in ORDER
    return ORDER.index(component.noun) if known else len(ORDER), component.noun, component.name
