"""`homeport_ecs_rollout`: a deployment of an ECS service that was seen to work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from tf.schema import Attribute
from tf.types import Bool, Number, String

from homeport.provider.aws_resource import AwsResource
from homeport.provider.resource import State

if TYPE_CHECKING:
    from homeport.aws.rollout import Rollout, Route

START_PERIOD = 60
TIMEOUT = 600


class EcsRolloutResource(AwsResource):
    noun = "ecs_rollout"
    attributes: ClassVar[list[Attribute]] = [
        Attribute("cluster", String(), required=True, requires_replace=True, description="The cluster's ARN."),
        Attribute("service", String(), required=True, requires_replace=True, description="The ECS service's name."),
        Attribute("task_definition", String(), required=True, description="The ARN of what the service is to run."),
        Attribute("load_balancer", String(), optional=True, description="The ARN of what it is asked through."),
        Attribute("host", String(), optional=True, description="The host that it is asked as."),
        Attribute("path", String(), optional=True, description="The path that it is asked for."),
        Attribute("encrypted", Bool(), optional=True, description="Whether it is asked over HTTPS; true."),
        Attribute("start_period", Number(), optional=True, description="Seconds it has to become healthy; 60."),
        Attribute("timeout", Number(), optional=True, description="Seconds that all of it may take; 600."),
        Attribute("deployment", String(), computed=True, description="The id of the deployment."),
    ]

    def make(self, planned: State) -> State:
        return self._follow(planned, None)

    def change(self, current: State, planned: State) -> State:
        """Only another task definition is another deployment."""
        if current["task_definition"] == planned["task_definition"]:
            return planned
        return self._follow(planned, current["task_definition"])

    def recomputed(self, current: State, changed: set[str]) -> Iterable[str]:
        return ["deployment"] if "task_definition" in changed else []

    def look(self, current: State) -> State | None:
        """What the service deploys now, so that a plan shows what somebody else deployed."""
        found = self.drivers.rollouts.look(current["cluster"], current["service"])
        return current | {"task_definition": found} if found else None

    def remove(self, current: State) -> None:
        """The service is Terraform's own; copies of its task definitions are not."""
        self.drivers.rollouts.forget_copies(current["service"], current["task_definition"], self.provider.emit)

    def subject(self, state: State) -> str:
        return str(state["service"])

    def _follow(self, planned: State, previous: str | None) -> State:
        deployment = self.drivers.rollouts.follow(
            _rollout(planned), previous, stopped=self.stopped, emit=self.provider.emit
        )
        return planned | {"deployment": deployment}


def _rollout(state: State) -> Rollout:
    from homeport.aws.rollout import Rollout

    return Rollout(
        state["cluster"],
        state["service"],
        state["task_definition"],
        _route(state),
        int(START_PERIOD if state["start_period"] is None else state["start_period"]),
        int(state["timeout"] or TIMEOUT),
    )


def _route(state: State) -> Route | None:
    from homeport.aws.rollout import Route

    if not state["load_balancer"]:
        return None
    return Route(state["load_balancer"], state["host"], state["path"] or "/", state["encrypted"] is not False)
