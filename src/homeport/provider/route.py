"""`homeport_route`: a host name and path at the gateway, and the container that answers there."""

from datetime import timedelta
from typing import ClassVar

from tf.schema import Attribute
from tf.types import Number, String

from homeport.errors import Interrupted
from homeport.home.gateway import RouteKey, StoppedWhileDraining
from homeport.provider.home_resource import HomeResource
from homeport.provider.resource import State

DRAIN = 60  # seconds that requests in flight have to end


class StillSwitched(Interrupted):
    """Stopped while the old version drained: `state` is what Terraform must record, beside the error."""

    def __init__(self, cause: StoppedWhileDraining, state: State) -> None:
        super().__init__(cause.message, detail=cause.detail, next_step=cause.next_step)
        self.state = state


class RouteResource(HomeResource):
    noun = "route"
    attributes: ClassVar[list[Attribute]] = [
        Attribute("host", String(), required=True, requires_replace=True, description="A host name, in lower case."),
        Attribute(
            "path",
            String(),
            required=True,
            requires_replace=True,
            description="`/`, or a prefix such as `/api`.",
        ),
        Attribute("address", String(), required=True, description="`ip:port` of the container that serves."),
        Attribute("drain", Number(), optional=True, description="Seconds that requests in flight have to end; 60."),
    ]

    def make(self, planned: State) -> State:
        try:
            self._switch(planned)
        except StoppedWhileDraining:
            return planned  # it is switched; an error here would have Terraform make it anew
        return planned

    def change(self, current: State, planned: State) -> State:
        try:
            self._switch(planned)
        except StoppedWhileDraining as error:
            raise StillSwitched(error, planned) from error
        return planned

    def _switch(self, planned: State) -> None:
        drain = timedelta(seconds=float(planned["drain"] or DRAIN))
        self.drivers.gateway.switch(
            _key(planned), planned["address"], drain=drain, stopped=self.stopped, emit=self.provider.emit
        )

    def look(self, current: State) -> State | None:
        address = self.drivers.look_route(_key(current))
        return current | {"address": address} if address else None

    def remove(self, current: State) -> None:
        self.drivers.gateway.remove(_key(current), current["address"], stopped=self.stopped, emit=self.provider.emit)

    def subject(self, state: State) -> str:
        return f"{state['host']}{state['path']}"


def _key(state: State) -> RouteKey:
    return RouteKey(state["host"], state["path"])
