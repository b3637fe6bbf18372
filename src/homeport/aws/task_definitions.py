"""Task definitions of ECS, and copies of those that cannot be deployed any more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from homeport.aws.session import Session, told

COPY_OF = "homeport:copy-of"  # the tag of a copy, with the ARN of what it is of
OF_REGISTRATION = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "placementConstraints",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
    "ephemeralStorage",
)


@dataclass(frozen=True)
class TaskDefinitions:
    """The task definitions of an account and region, by their ARNs."""

    session: Session

    def look(self, arn: str) -> dict[str, Any]:
        """A task definition with its `tags`, as ECS describes it."""
        with told(f"Looking at the task definition {arn}"):
            found: dict[str, Any] = self._ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
        return found

    def usable(self, arn: str) -> str:
        """It, or a copy: what was deregistered, as Terraform does with what it replaced, cannot be deployed again."""
        found = self.look(arn)
        if found["taskDefinition"]["status"] == "ACTIVE":
            return arn
        copies = [copy for copy, original in self._copies(_family(arn)) if original == arn]
        return copies[0] if copies else self._copy(arn, found)

    def forget_copies(self, arn: str) -> None:
        """Deregister the copies of its family, which are in no state of Terraform's. What runs of one goes on."""
        for copy, _ in self._copies(_family(arn)):
            with told(f"Deregistering {copy}"):
                self._ecs.deregister_task_definition(taskDefinition=copy)

    def _copy(self, arn: str, found: dict[str, Any]) -> str:
        copied = {key: value for key, value in found["taskDefinition"].items() if key in OF_REGISTRATION}
        tags = [*found.get("tags", ()), {"key": COPY_OF, "value": arn}]
        with told(f"Registering {arn} again"):
            registered = self._ecs.register_task_definition(**copied, tags=tags)
        return str(registered["taskDefinition"]["taskDefinitionArn"])

    def _copies(self, family: str) -> list[tuple[str, str]]:
        """Each copy that is registered, with what it is of."""
        with told(f"Listing the task definitions of {family}"):
            pages = self._ecs.get_paginator("list_task_definitions").paginate(familyPrefix=family, status="ACTIVE")
            arns = [arn for page in pages for arn in page["taskDefinitionArns"] if _family(arn) == family]
        tags = [(arn, {tag["key"]: tag["value"] for tag in self.look(arn).get("tags", ())}) for arn in arns]
        return [(arn, of[COPY_OF]) for arn, of in tags if COPY_OF in of]

    @cached_property
    def _ecs(self) -> Any:
        return self.session.client("ecs")


def _family(arn: str) -> str:
    """Of `arn:aws:ecs:eu-west-1:123456789012:task-definition/notes-production-api:7`, the name between."""
    return arn.rpartition("/")[2].rpartition(":")[0]
