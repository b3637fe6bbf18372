"""`homeport_rds_roles`: an application's database and its two roles in an RDS instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tf.schema import Attribute
from tf.types import List, Number, String

from homeport.provider.aws_resource import AwsResource
from homeport.provider.resource import State
from homeport.provider.task_place import PLACE, task_of

if TYPE_CHECKING:
    from homeport.aws.rds_roles import RolesSpec


class RdsRolesResource(AwsResource):
    noun = "rds_roles"
    attributes: ClassVar[list[Attribute]] = [
        *PLACE,
        Attribute("host", String(), required=True, requires_replace=True, description="The instance's address."),
        Attribute("port", Number(), required=True, description="The instance's port."),
        Attribute("database", String(), required=True, requires_replace=True, description="The database's name."),
        Attribute("owner_secret", String(), required=True, description="ARN of the secret for the owner's login."),
        Attribute("app_secret", String(), required=True, description="ARN of the secret for the services' login."),
        Attribute("extensions", List(String()), optional=True, description="Extensions that it has."),
        Attribute("app", String(), computed=True, description="The role of the services."),
    ]

    def make(self, planned: State) -> State:
        spec = _spec(planned)
        self.drivers.roles.ensure(spec, stopped=self.stopped, emit=self.provider.emit)
        return planned | {"app": spec.app}

    def look(self, current: State) -> State | None:
        return current if self.drivers.roles.are_kept(_spec(current)) else None

    def change(self, current: State, planned: State) -> State:
        return self.make(planned)

    def remove(self, current: State) -> None:
        """They go with the instance; nothing here drops data."""

    def subject(self, state: State) -> str:
        return str(state["database"])


def _spec(state: State) -> RolesSpec:
    from homeport.aws.rds_roles import RolesSpec

    return RolesSpec(
        name=state["database"],
        host=state["host"],
        port=int(state["port"]),
        owner_secret=state["owner_secret"],
        app_secret=state["app_secret"],
        extensions=tuple(state["extensions"] or ()),
        task=task_of(state),
    )
