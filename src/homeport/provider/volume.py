"""`homeport_volume`: a Docker volume of the installation. Its data outlives the resource."""

from typing import ClassVar

from tf.schema import Attribute
from tf.types import String

from homeport.home import volume
from homeport.provider.home_resource import HomeResource
from homeport.provider.resource import State


class VolumeResource(HomeResource):
    noun = "volume"
    attributes: ClassVar[list[Attribute]] = [
        Attribute("name", String(), required=True, requires_replace=True, description="Unique in the installation."),
        Attribute(
            "path",
            String(),
            optional=True,
            requires_replace=True,
            description="A folder of the server that holds the data; the engine's own place without it.",
        ),
        Attribute("mountpoint", String(), computed=True, description="Where the data lies on the server."),
    ]

    def make(self, planned: State) -> State:
        return planned | {"mountpoint": volume.ensure(self.drivers.home, planned["name"], planned["path"] or "")}

    def look(self, current: State) -> State | None:
        found = volume.look(self.drivers.home, current["name"])
        return current | {"path": found.path or None, "mountpoint": found.mountpoint} if found else None

    def remove(self, current: State) -> None:
        """Forgets it. Only a person removes data: the volume stays, and `make` finds it again."""
