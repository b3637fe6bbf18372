"""This machine as a host."""

from homeport.host.local.host import LocalHost

__all__ = ["LocalHost"]
