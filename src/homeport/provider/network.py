"""`homeport_network`: a Docker network of the installation, `edge` or `data`."""

from typing import ClassVar

from tf.schema import Attribute
from tf.types import Bool, String

from homeport.home import network
from homeport.provider.home_resource import HomeResource
from homeport.provider.resource import State


class NetworkResource(HomeResource):
    noun = "network"
    attributes: ClassVar[list[Attribute]] = [
        Attribute("name", String(), required=True, requires_replace=True, description="`edge` or `data`."),
        Attribute(
            "subnet",
            String(),
            required=True,
            requires_replace=True,
            description="CIDR. Its lower half is for fixed addresses, its upper half for the engine's own choice.",
        ),
        Attribute(
            "internal",
            Bool(),
            optional=True,
            requires_replace=True,
            description="True for a network without a way out of the server.",
        ),
        Attribute("id", String(), computed=True, description="The engine's id of the network."),
    ]

    def make(self, planned: State) -> State:
        internal = bool(planned["internal"])
        return planned | {
            "id": network.ensure(self.drivers.home, planned["name"], planned["subnet"], internal=internal)
        }

    def look(self, current: State) -> State | None:
        found = network.look(self.drivers.home, current["name"])
        if found is None:
            return None
        internal = current["internal"] if bool(current["internal"]) == found.internal else found.internal
        return current | {"id": found.id, "subnet": found.subnet, "internal": internal}

    def remove(self, current: State) -> None:
        network.remove(self.drivers.home, current["name"])
