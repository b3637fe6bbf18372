"""AWS through its own API: what Terraform has no good resource for, and what a person asks for daily."""

from homeport.aws.drivers import AwsDrivers
from homeport.aws.session import Door, Endpoints, Session

__all__ = ["AwsDrivers", "Door", "Endpoints", "Session"]
