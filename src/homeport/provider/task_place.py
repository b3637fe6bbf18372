"""The attributes that say where a one-off task runs, shared by the resources that run one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tf.schema import Attribute
from tf.types import Bool, List, String

from homeport.provider.resource import State

if TYPE_CHECKING:
    from homeport.aws.tasks import TaskSpec

PLACE = [
    Attribute("cluster", String(), required=True, description="ARN of the ECS cluster."),
    Attribute("task_definition", String(), required=True, description="ARN of the task definition, with its revision."),
    Attribute("container", String(), required=True, description="The container of the definition that is run."),
    Attribute("subnets", List(String()), required=True, description="Ids of the subnets that it may run in."),
    Attribute("security_groups", List(String()), required=True, description="Ids of its security groups."),
    Attribute("assign_public_ip", Bool(), optional=True, description="Whether it reaches the Internet by itself."),
]


def task_of(state: State) -> TaskSpec:
    """The task that such attributes describe."""
    from homeport.aws.tasks import TaskSpec

    return TaskSpec(
        cluster=state["cluster"],
        definition=state["task_definition"],
        container=state["container"],
        subnets=tuple(state["subnets"]),
        security_groups=tuple(state["security_groups"]),
        assign_public_ip=bool(state["assign_public_ip"]),
    )
