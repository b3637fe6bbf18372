"""The services of an application on ECS, as they run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from homeport.aws.session import Session, told

AT_ONCE = 10  # services that one question may name. Source: Amazon ECS API, DescribeServices


@dataclass(frozen=True, slots=True)
class RunningService:
    """A service: how many of its tasks run and are to run, and the image of its task definition."""

    name: str
    image: str
    running: int
    wanted: int


def services(session: Session, cluster: str, names: Sequence[str]) -> tuple[RunningService, ...]:
    """Those of the names that there are. Raises CloudFailed when AWS does not tell."""
    ecs = session.client("ecs")
    with told("Asking ECS what runs"):
        return tuple(_service(ecs, found) for found in _described(ecs, cluster, names) if found["status"] == "ACTIVE")


def _described(ecs: Any, cluster: str, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for first in range(0, len(names), AT_ONCE):
        yield from ecs.describe_services(cluster=cluster, services=names[first : first + AT_ONCE])["services"]


def _service(ecs: Any, found: dict[str, Any]) -> RunningService:
    definition = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    image = str(definition["containerDefinitions"][0]["image"])
    return RunningService(str(found["serviceName"]), image, int(found["runningCount"]), int(found["desiredCount"]))
