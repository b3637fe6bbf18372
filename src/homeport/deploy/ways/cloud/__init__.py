"""The way of a release to AWS."""

from homeport.deploy.ways.cloud.way import CloudWay

__all__ = ["CloudWay"]
