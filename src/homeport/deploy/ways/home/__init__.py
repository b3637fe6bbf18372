"""The way of a release to a home server."""

from homeport.deploy.ways.home.way import HomeWay

__all__ = ["HomeWay"]
