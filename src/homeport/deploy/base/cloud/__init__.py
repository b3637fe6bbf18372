"""The base of an AWS account and region."""

from homeport.deploy.base.cloud.removal import RemoveCloudBase
from homeport.deploy.base.cloud.setup import CloudOutcome, SetUpCloud

__all__ = ["CloudOutcome", "RemoveCloudBase", "SetUpCloud"]
