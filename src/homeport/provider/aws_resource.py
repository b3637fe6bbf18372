"""A noun on AWS that Terraform has no good resource for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeport.provider.resource import NounResource

if TYPE_CHECKING:
    from homeport.aws import AwsDrivers


class AwsResource(NounResource):
    """A subclass says its noun, its attributes, and how to make, look, change and remove one (see NounResource)."""

    @property
    def drivers(self) -> AwsDrivers:
        return self.provider.cloud
