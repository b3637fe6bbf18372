"""What stands of an application on AWS, by the state of its root."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeport.aws.base import CloudBase
from homeport.terraform.statefile import resources

SERVICE = re.compile(r'module\.service\["(?P<name>[^"]+)"\]')


@dataclass(frozen=True, slots=True)
class Standing:
    """`services` maps a service's name in the manifest to its name on ECS; `distribution` is CloudFront's own name of
    the application, empty without a site; `instance` is the name of its database on RDS, empty without one, `postgres`
    the major of that."""

    services: Mapping[str, str]
    distribution: str
    instance: str
    postgres: int | None = None


def standing(state: bytes | None) -> Standing:
    """Of a root's state; of none, nothing stands."""
    distributions = [one for _, one in resources(state, "aws_cloudfront_distribution")]
    instances = [one for _, one in resources(state, "aws_db_instance")]
    versions = [str(one["engine_version"]) for one in instances if one.get("engine_version")]
    return Standing(
        services={_service(module): one["name"] for module, one in resources(state, "aws_ecs_service")},
        distribution=str(distributions[0]["domain_name"]) if distributions else "",
        instance=str(instances[0]["identifier"]) if instances else "",
        postgres=next((int(version.partition(".")[0]) for version in versions), None),
    )


def is_encrypted(configuration: Mapping[str, Any], base: CloudBase) -> bool:
    """Whether the load balancer is asked by HTTPS: only by a name that its certificate is for."""
    return bool(configuration["hosts"] and base.outputs.get("listener_https"))


def _service(module: str) -> str:
    found = SERVICE.search(module)
    return found["name"] if found else module
