"""HAProxy before the applications: routes that are switched, drained and removed without losing a request.

A route is a file in the configuration folder (what a restart or a reload comes back to) and two slots of a
running backend (what answers now). Both change together.
"""

from homeport.home.gateway.gateway import Gateway, Serving, Traffic, never, prepare
from homeport.home.gateway.key import RouteKey
from homeport.home.gateway.switch import StoppedWhileDraining

__all__ = ["Gateway", "RouteKey", "Serving", "StoppedWhileDraining", "Traffic", "never", "prepare"]
