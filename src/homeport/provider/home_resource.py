"""A noun on a home server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from homeport.errors import HomeportError, HostUnreachable
from homeport.provider.resource import NounResource

if TYPE_CHECKING:
    from homeport.home.drivers import Drivers


class HomeResource(NounResource):
    """A subclass says its noun, its attributes, and how to make, look, change and remove one (see NounResource)."""

    @property
    def drivers(self) -> Drivers:
        return self.provider.drivers

    def cause(self, error: Exception) -> HomeportError:
        """An engine that ends in the middle of a question is told as that."""
        if isinstance(error, requests.ConnectionError):
            return HostUnreachable(
                f"The Docker engine of {self.drivers.home.called} stopped answering.",
                detail=str(error),
                next_step="See what became of it: homeport doctor\nThen run the same command again to go on.",
            )
        return super().cause(error)
