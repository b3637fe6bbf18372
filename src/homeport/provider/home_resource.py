"""A noun on a home server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeport.provider.resource import NounResource

if TYPE_CHECKING:
    from homeport.home.drivers import Drivers


class HomeResource(NounResource):
    """A subclass says its noun, its attributes, and how to make, look, change and remove one (see NounResource)."""

    @property
    def drivers(self) -> Drivers:
        return self.provider.drivers
