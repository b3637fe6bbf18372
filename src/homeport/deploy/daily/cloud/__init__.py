"""The daily verbs on AWS."""

from homeport.deploy.daily.cloud.daily import CloudDaily

__all__ = ["CloudDaily"]
