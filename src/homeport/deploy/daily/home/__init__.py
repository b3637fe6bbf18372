"""The daily verbs on a home server."""

from homeport.deploy.daily.home.daily import HomeDaily

__all__ = ["HomeDaily"]
