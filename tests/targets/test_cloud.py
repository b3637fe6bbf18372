"""What a target on AWS says of Terraform's errors."""

import pytest

from homeport.aws import Endpoints, Session
from homeport.targets import CloudTarget

TARGET = CloudTarget.on(Session("eu-west-1", "123456789012", Endpoints("")), holder="ana@laptop pid 1")


@pytest.mark.parametrize(
    "said",
    [
        "creating ELBv2 application Load Balancer (homeport): ELBv2 Load Balancer (homeport) already exists",
        "EntityAlreadyExists: Role with name notes-production-api-task already exists.",
        "InvalidGroup.Duplicate: The security group 'notes-production-api' already exists for VPC 'vpc-1'",
        "InvalidParameterException: Creation of service was not idempotent.",
        "ResourceExistsException: A resource with the ID you requested already exists.",
        "PriorityInUse: Priority '42' is currently in use",
    ],
)
def test_a_name_that_is_taken(said: str) -> None:
    """It is somebody else's, for what is ours was taken up before; a person is told what to do."""
    assert "Something of that name is in AWS 123456789012, eu-west-1 already" in TARGET.way_out(said)


def test_what_says_enough_itself() -> None:
    """Nothing is added."""
    assert "" == TARGET.way_out("AccessDenied: User is not authorized")
