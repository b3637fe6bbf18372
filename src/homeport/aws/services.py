"""The services of an application on ECS, as they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeport.aws.session import Session, told
from homeport.aws.tasks import TaskSpec

AT_ONCE = 10  # services that one question may name. Source: Amazon ECS API, DescribeServices


@dataclass(frozen=True, slots=True)
class RunningService:
    """A service: how many of its tasks run and are to run, the image of its task definition, and how such a task is
    run once. `container` is the definition's; `target_groups` are ARNs of the load balancer's."""

    name: str
    image: str
    running: int
    wanted: int
    task: TaskSpec
    container: Mapping[str, Any]
    target_groups: tuple[str, ...] = ()


def services(session: Session, cluster: str, names: Sequence[str]) -> tuple[RunningService, ...]:
    """Those of the names that there are. Raises CloudFailed when AWS does not tell."""
    ecs = session.client("ecs")
    with told("Asking ECS what runs"):
        found = [one for one in _described(ecs, cluster, names) if one["status"] == "ACTIVE"]
        return tuple(_service(ecs, cluster, one) for one in found)


def _described(ecs: Any, cluster: str, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for first in range(0, len(names), AT_ONCE):
        yield from ecs.describe_services(cluster=cluster, services=names[first : first + AT_ONCE])["services"]


def _service(ecs: Any, cluster: str, found: dict[str, Any]) -> RunningService:
    definition = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    container = definition["containerDefinitions"][0]
    balanced = found.get("loadBalancers", ())
    return RunningService(
        name=str(found["serviceName"]),
        image=str(container["image"]),
        running=int(found["runningCount"]),
        wanted=int(found["desiredCount"]),
        task=_task(cluster, found, str(container["name"])),
        container=container,
        target_groups=tuple(one["targetGroupArn"] for one in balanced if one.get("targetGroupArn")),
    )


def _task(cluster: str, found: dict[str, Any], container: str) -> TaskSpec:
    """Of what the service runs: where a deployment failed, that is what it was put back to."""
    network = found.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return TaskSpec(
        cluster=cluster,
        definition=str(found["taskDefinition"]),
        container=container,
        subnets=tuple(network.get("subnets", ())),
        security_groups=tuple(network.get("securityGroups", ())),
        assign_public_ip=network.get("assignPublicIp") == "ENABLED",
    )
