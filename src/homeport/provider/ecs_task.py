"""`homeport_ecs_task`: Flyway, run once as a task in the VPC before anything new serves."""

from collections.abc import Iterable
from typing import ClassVar

from tf.schema import Attribute
from tf.types import Map, String

from homeport.provider.aws_resource import AwsResource
from homeport.provider.resource import State
from homeport.provider.task_place import PLACE, task_of


class EcsTaskResource(AwsResource):
    noun = "ecs_task"
    attributes: ClassVar[list[Attribute]] = [
        *PLACE,
        Attribute("triggers", Map(String()), optional=True, description="Whatever else makes it run again."),
        Attribute("task", String(), computed=True, description="ARN of the task that ran."),
        Attribute("version", String(), computed=True, description="The schema's version after it; empty without one."),
    ]

    def make(self, planned: State) -> State:
        migrated = self.drivers.migrations.run(
            task_of(planned), subject=self.subject(planned), stopped=self.stopped, emit=self.provider.emit
        )
        return planned | {"task": migrated.task, "version": migrated.version}

    def look(self, current: State) -> State | None:
        """What ran has run: AWS forgets a task within the hour."""
        return current

    def change(self, current: State, planned: State) -> State:
        """Again for another definition or trigger; where it would run does not matter to what it did."""
        if all(current[name] == planned[name] for name in ("task_definition", "triggers")):
            return planned
        return self.make(planned)

    def recomputed(self, current: State, changed: set[str]) -> Iterable[str]:
        return ("task", "version") if changed & {"task_definition", "triggers"} else ()

    def remove(self, current: State) -> None:
        """A schema is never taken back: the database keeps what Flyway did."""

    def subject(self, state: State) -> str:
        return str(state["task_definition"]).rpartition("/")[2].rpartition(":")[0]
