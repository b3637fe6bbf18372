"""`data "homeport_base"`: what `homeport setup` made in the account and region that the provider is configured for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tf.iface import DataSource, ReadDataContext
from tf.schema import Attribute, Schema
from tf.types import List, Number, String

from homeport.errors import HomeportError

if TYPE_CHECKING:
    from homeport.provider.provider import HomeportProvider

# The output `base` of the module of AWS's base: every application takes it as it is.
TYPES = {
    "vpc_id": String(),
    "public_subnets": List(String()),
    "isolated_subnets": List(String()),
    "cluster": String(),
    "cluster_name": String(),
    "load_balancer": String(),
    "load_balancer_dns": String(),
    "load_balancer_zone_id": String(),
    "load_balancer_security_group": String(),
    "listener_http": String(),
    "listener_https": String(),
    "certificate_cloudfront": String(),
    "permissions_boundary": String(),
    "log_retention_days": Number(),
    "client_image": String(),
    "zone_id": String(),
    "region": String(),
    "account": String(),
}


class CloudBaseData(DataSource):  # type: ignore[misc]
    """The base of an account and region, for an application in a root that does not make it itself."""

    def __init__(self, provider: HomeportProvider) -> None:
        self.provider = provider

    @classmethod
    def get_name(cls) -> str:
        return "base"

    @classmethod
    def get_schema(cls) -> Schema:
        return Schema(attributes=[Attribute(name, kind, computed=True) for name, kind in TYPES.items()])

    def read(self, ctx: ReadDataContext, config: dict[str, Any]) -> dict[str, Any] | None:
        try:
            outputs = self.provider.cloud.base.outputs
        except HomeportError as error:
            self.provider.tell(ctx.diagnostics, error)
            return None
        return {name: outputs.get(name) for name in TYPES}
