"""What a load balancer says of the tasks that it sends to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeport.aws.session import Session, told

WELL = {"healthy", "draining", "initial"}


@dataclass(frozen=True, slots=True)
class Target:
    """`address` is a task's with its port; `state` and `reason` are the load balancer's words."""

    address: str
    state: str
    reason: str

    @property
    def is_well(self) -> bool:
        """Whether it serves, or is on its way in or out."""
        return self.state in WELL


def targets(session: Session, target_group: str) -> tuple[Target, ...]:
    """Raises CloudFailed when AWS does not tell."""
    with told("Asking the load balancer for the health of its targets"):
        found = session.client("elbv2").describe_target_health(TargetGroupArn=target_group)
    return tuple(target(one) for one in found["TargetHealthDescriptions"])


def target(described: Mapping[str, Any]) -> Target:
    """Source: Elastic Load Balancing API, TargetHealth."""
    named, health = described["Target"], described["TargetHealth"]
    said = str(health.get("Description") or health.get("Reason") or "")
    return Target(f"{named['Id']}:{named['Port']}", health["State"], said)
