"""`homeport_database`: a database of the server's cluster, with its owner role and its app role."""

from typing import ClassVar

from tf.schema import Attribute
from tf.types import Bool, List, String

from homeport.provider.home_resource import HomeResource
from homeport.provider.resource import State


class DatabaseResource(HomeResource):
    noun = "database"
    attributes: ClassVar[list[Attribute]] = [
        Attribute("name", String(), required=True, requires_replace=True, description="Unique on the server."),
        Attribute("application", String(), required=True, requires_replace=True, description="Whose it is."),
        Attribute("target", String(), required=True, requires_replace=True, description="On which target."),
        Attribute(
            "extensions",
            List(String()),
            optional=True,
            description="Made by the superuser before any migration.",
        ),
        Attribute(
            "delete_data",
            Bool(),
            optional=True,
            description="True: destroying it drops the database. Otherwise the data stays and is found again.",
        ),
        Attribute("owner", String(), computed=True, description="The role that runs migrations and nothing else."),
        Attribute("app", String(), computed=True, description="The role of the services."),
        Attribute("changed", String(), computed=True, description="What was changed in it by hand; empty."),
    ]

    def make(self, planned: State) -> State:
        made = self.drivers.ensure_database(
            planned["name"], planned["application"], planned["target"], tuple(planned["extensions"] or ())
        )
        return planned | {"owner": made.owner, "app": made.app, "changed": ""}

    def look(self, current: State) -> State | None:
        found = self.drivers.look_database(
            current["name"], current["application"], current["target"], tuple(current["extensions"] or ())
        )
        return current | {"changed": ", ".join(found.changed)} if found else None

    def change(self, current: State, planned: State) -> State:
        return self.make(planned)

    def recomputed(self, current: State, changed: set[str]) -> list[str]:
        return ["changed"] if current["changed"] else []

    def remove(self, current: State) -> None:
        if current["delete_data"]:
            self.drivers.drop_database(current["name"], current["application"], current["target"])
