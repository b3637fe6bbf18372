"""`homeport_migration`: the schema of a database, brought up to date by Flyway before anything new serves."""

from collections.abc import Iterable
from typing import ClassVar

from tf.schema import Attribute
from tf.types import Map, String

from homeport.provider.home_resource import HomeResource
from homeport.provider.resource import State

NOT_APPLIED = ""


class MigrationResource(HomeResource):
    noun = "migration"
    attributes: ClassVar[list[Attribute]] = [
        Attribute("database", String(), required=True, requires_replace=True, description="Its name on the server."),
        Attribute("application", String(), required=True, requires_replace=True, description="Whose it is."),
        Attribute("target", String(), required=True, requires_replace=True, description="On which target."),
        Attribute("image", String(), required=True, description="Flyway with this release's SQL, by digest."),
        Attribute("placeholders", Map(String()), optional=True, description="Flyway placeholders."),
        Attribute("version", String(), computed=True, description="The schema version that Flyway's history names."),
    ]

    def make(self, planned: State) -> State:
        migrated = self.drivers.migrate(
            planned["database"],
            planned["application"],
            planned["target"],
            planned["image"],
            planned["placeholders"] or {},
            stopped=self.stopped,
            emit=self.provider.emit,
        )
        return planned | {"version": migrated.version or ""}

    def look(self, current: State) -> State | None:
        """When the history is not what this image left, the image counts as not applied, and a plan shows it."""
        history = self.drivers.history(current["database"], current["application"], current["target"])
        if history is None:
            return None
        if history.failed or (history.version or "") != current["version"]:
            return current | {"image": NOT_APPLIED, "version": history.version or ""}
        return current

    def change(self, current: State, planned: State) -> State:
        return self.make(planned)

    def recomputed(self, current: State, changed: set[str]) -> Iterable[str]:
        return ("version",) if changed else ()

    def remove(self, current: State) -> None:
        """A schema is never taken back: the database keeps what Flyway did."""

    def subject(self, state: State) -> str:
        return str(state["database"])
