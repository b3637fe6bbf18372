"""The provider: its configuration block, its resources, and the servers that it was connected to."""

import threading
from collections.abc import Callable
from typing import Any

from tf.iface import Provider
from tf.schema import Attribute, Schema
from tf.types import String
from tf.utils import Diagnostics

from homeport.errors import HomeportError
from homeport.events import Emit, ignore
from homeport.home.drivers import Drivers
from homeport.provider.container import ContainerResource
from homeport.provider.database import DatabaseResource
from homeport.provider.migration import MigrationResource
from homeport.provider.network import NetworkResource
from homeport.provider.resource import HomeResource
from homeport.provider.route import RouteResource
from homeport.provider.volume import VolumeResource

DEFAULT_HOST = "local"
DEFAULT_INSTANCE = "homeport"

Connect = Callable[[str, str], Drivers]


class HomeportProvider(Provider):  # type: ignore[misc]
    """Answers Terraform with the drivers of one server.

    `connect(host, instance)` opens them when Terraform configures the provider. What a resource fails with is kept in
    `failures`, so that the caller can say more than Terraform's text; `stopping` is set while a person's Ctrl-C waits.
    `renewed` names services of which no running container is adopted: what is made of them is new.
    """

    def __init__(self, connect: Connect, emit: Emit = ignore) -> None:
        self.emit = emit
        self.stopping = threading.Event()
        self.failures: list[HomeportError] = []
        self.renewed: frozenset[str] = frozenset()
        self._connect = connect
        self._drivers: Drivers | None = None

    @property
    def drivers(self) -> Drivers:
        if self._drivers is None:
            raise HomeportError("The homeport provider was used before Terraform configured it.")
        return self._drivers

    def get_model_prefix(self) -> str:
        return "homeport_"

    def full_name(self) -> str:
        return "registry.terraform.io/homeport/homeport"

    def get_provider_schema(self, diags: Diagnostics) -> Schema:
        return Schema(
            attributes=[
                Attribute("host", String(), optional=True, description="`local`, or `ssh://user@server`."),
                Attribute("instance", String(), optional=True, description="The installation's name on that host."),
            ]
        )

    def validate_config(self, diags: Diagnostics, config: dict[str, Any]) -> None:
        """Nothing to say before the host is asked."""

    def configure_provider(self, diags: Diagnostics, config: dict[str, Any]) -> None:
        try:
            self._drivers = self._connect(config["host"] or DEFAULT_HOST, config["instance"] or DEFAULT_INSTANCE)
        except HomeportError as error:
            self.failures.append(error)
            diags.add_error(error.message, detail="\n".join(filter(None, (error.detail, error.next_step))))

    def get_data_sources(self) -> list[Any]:
        return []

    def get_resources(self) -> list[type[HomeResource]]:
        return [
            NetworkResource,
            VolumeResource,
            ContainerResource,
            DatabaseResource,
            MigrationResource,
            RouteResource,
        ]
