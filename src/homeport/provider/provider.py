"""The provider: its configuration block, its resources, and the servers that it was connected to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tf.iface import Provider
from tf.schema import Attribute, Schema
from tf.types import String
from tf.utils import Diagnostics

from homeport.errors import HomeportError
from homeport.events import Emit, ignore
from homeport.home.drivers import Drivers
from homeport.provider.cloud_base import CloudBaseData
from homeport.provider.container import ContainerResource
from homeport.provider.database import DatabaseResource
from homeport.provider.ecs_rollout import EcsRolloutResource
from homeport.provider.ecs_task import EcsTaskResource
from homeport.provider.image import ImageResource
from homeport.provider.migration import MigrationResource
from homeport.provider.network import NetworkResource
from homeport.provider.rds_roles import RdsRolesResource
from homeport.provider.resource import NounResource
from homeport.provider.route import RouteResource
from homeport.provider.site_files import SiteFilesResource
from homeport.provider.volume import VolumeResource

if TYPE_CHECKING:
    from homeport.aws import AwsDrivers

DEFAULT_HOST = "local"
DEFAULT_INSTANCE = "homeport"

Connect = Callable[[str, str], Drivers]
Source = tuple[str, str]  # host and instance of a server
ConnectCloud = Callable[[str, str, Source | None], "AwsDrivers"]


class HomeportProvider(Provider):  # type: ignore[misc]
    """Answers Terraform with the drivers of one server, or of one region of an AWS account.

    `connect(host, instance)` opens a server's when Terraform configures the provider, and where its block names a
    region, `connect_cloud(region, account, source)` those of AWS. What a resource fails with is kept in
    `failures`, so that the caller can say more than Terraform's text; `stopping` is set while a person's Ctrl-C waits.
    `renewed` names services of which no running container is adopted: what is made of them is new.
    """

    def __init__(self, connect: Connect, emit: Emit = ignore, connect_cloud: ConnectCloud | None = None) -> None:
        self.emit = emit
        self.stopping = threading.Event()
        self.failures: list[HomeportError] = []
        self.renewed: frozenset[str] = frozenset()
        self._connect = connect
        self._connect_cloud = connect_cloud
        self._drivers: Drivers | None = None
        self._cloud: AwsDrivers | None = None

    @property
    def drivers(self) -> Drivers:
        if self._drivers is None:
            raise HomeportError("The homeport provider was used before Terraform configured it for a server.")
        return self._drivers

    @property
    def cloud(self) -> AwsDrivers:
        if self._cloud is None:
            raise HomeportError("The homeport provider was used before Terraform configured it with a region of AWS.")
        return self._cloud

    def get_model_prefix(self) -> str:
        return "homeport_"

    def full_name(self) -> str:
        return "registry.terraform.io/homeport/homeport"

    def get_provider_schema(self, diags: Diagnostics) -> Schema:
        return Schema(
            attributes=[
                Attribute("host", String(), optional=True, description="`local`, or `ssh://user@server`."),
                Attribute("instance", String(), optional=True, description="The installation's name on that host."),
                Attribute(
                    "region",
                    String(),
                    optional=True,
                    description="A region of AWS. A host beside it is where images are copied from.",
                ),
                Attribute("account", String(), optional=True, description="The AWS account's number."),
            ]
        )

    def validate_config(self, diags: Diagnostics, config: dict[str, Any]) -> None:
        """Nothing to say before the host is asked."""

    def configure_provider(self, diags: Diagnostics, config: dict[str, Any]) -> None:
        try:
            self._configure(config)
        except HomeportError as error:
            self.tell(diags, error)

    def _configure(self, config: dict[str, Any]) -> None:
        server = (config["host"] or DEFAULT_HOST, config["instance"] or DEFAULT_INSTANCE)
        if config["region"] and self._connect_cloud:
            source = server if config["host"] else None
            self._cloud = self._connect_cloud(config["region"], config["account"] or "", source)
        else:
            self._drivers = self._connect(*server)

    def tell(self, diags: Diagnostics, error: HomeportError) -> None:
        """Terraform is told of a failure, and the caller finds it in `failures`."""
        self.failures.append(error)
        diags.add_error(error.message, detail="\n".join(filter(None, (error.detail, error.next_step))))

    def get_data_sources(self) -> list[type[CloudBaseData]]:
        return [CloudBaseData]

    def get_resources(self) -> list[type[NounResource]]:
        return [
            NetworkResource,
            VolumeResource,
            ContainerResource,
            DatabaseResource,
            MigrationResource,
            RouteResource,
            EcsTaskResource,
            ImageResource,
            RdsRolesResource,
            SiteFilesResource,
            EcsRolloutResource,
        ]
