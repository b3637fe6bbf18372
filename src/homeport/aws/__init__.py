"""AWS through its own API: what Terraform has no good resource for, and what a person asks for daily."""

from homeport.aws.drivers import AwsDrivers
from homeport.aws.endpoints import Door, Endpoints
from homeport.aws.session import Session

__all__ = ["AwsDrivers", "Door", "Endpoints", "Session"]
