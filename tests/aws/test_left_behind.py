"""What an interrupted run left in AWS, found again by what it would be made with; the rest is somebody else's."""

from typing import Any
from uuid import uuid4

import pytest

from homeport.aws import Session
from homeport.aws.left_behind import LeftBehind, Wanted
from homeport.events import ignore

OURS = {"homeport": "notes.production", "homeport:service": "api"}


def _found(session: Session, kind: str, **values: Any) -> str | None:
    return LeftBehind(session).find({"it": Wanted(kind, {"tags_all": OURS, **values})}, ignore).get("it")


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture
def name() -> str:
    """One that nothing else has."""
    return f"notes-{uuid4().hex[:8]}"


def test_what_has_a_name_is_found_by_it(session: Session, name: str) -> None:
    """By the id that Terraform imports it by; before it is made, there is nothing."""
    before = _found(session, "aws_secretsmanager_secret", name=name)
    secret = session.client("secretsmanager").create_secret(Name=name, SecretString="x", Tags=_tags(OURS))
    session.client("ecr").create_repository(repositoryName=name, tags=_tags(OURS))
    session.client("logs").create_log_group(logGroupName=name, tags=OURS)
    session.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}", Tags=_tags(OURS))
    assert before is None
    assert secret["ARN"] == _found(session, "aws_secretsmanager_secret", name=name)
    assert name == _found(session, "aws_ecr_repository", name=name)
    assert name == _found(session, "aws_cloudwatch_log_group", name=name)
    assert name == _found(session, "aws_iam_role", name=name)


@pytest.mark.parametrize("tags", [{}, OURS | {"homeport": "notes.staging"}], ids=["none", "another-root"])
def test_what_has_other_tags_is_somebody_elses(session: Session, name: str, tags: dict[str, str]) -> None:
    """It is left alone, though its name is the one that is wanted."""
    session.client("logs").create_log_group(logGroupName=name, tags=tags)
    session.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": session.region})
    if tags:
        session.client("s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": _tags(tags)})
    assert _found(session, "aws_cloudwatch_log_group", name=name) is None
    assert _found(session, "aws_s3_bucket", bucket=name) is None


def test_what_has_no_name_is_found_by_its_tags(session: Session, name: str) -> None:
    """By all of them; of two that look the same, neither is taken."""
    ec2 = session.client("ec2")
    tags = OURS | {"Name": name}
    given = [{"ResourceType": "vpc", "Tags": _tags(tags)}]
    made = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=given)["Vpc"]["VpcId"]
    alone = _found(session, "aws_vpc", tags_all=tags)
    ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=given)
    assert made == alone
    assert _found(session, "aws_vpc", tags_all=tags) is None
    assert _found(session, "aws_vpc", tags_all=tags | {"Name": "another"}) is None


def test_what_has_no_tags_is_found_by_what_it_says_of_itself(session: Session, name: str) -> None:
    """Some things of CloudFront."""
    given = {"Name": name, "Description": "notes on production", "OriginAccessControlOriginType": "s3"}
    given |= {"SigningBehavior": "always", "SigningProtocol": "sigv4"}
    made = session.client("cloudfront").create_origin_access_control(OriginAccessControlConfig=given)
    kind = "aws_cloudfront_origin_access_control"
    assert made["OriginAccessControl"]["Id"] == _found(session, kind, name=name, description="notes on production")
    assert _found(session, kind, name=name, description="somebody's") is None


def test_a_name_is_ours_if_it_leads_where_ours_would(session: Session, name: str) -> None:
    """Another record of that name is somebody else's."""
    route53 = session.client("route53")
    zone = route53.create_hosted_zone(Name="example.test", CallerReference=name)["HostedZone"]["Id"]
    host, target = f"{name}.example.test", "d1.cloudfront.net"
    alias = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": target, "EvaluateTargetHealth": False}
    made = {"Action": "CREATE", "ResourceRecordSet": {"Name": host, "Type": "A", "AliasTarget": alias}}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [made]})
    wanted = {"zone_id": zone.rpartition("/")[2], "name": host, "type": "A"}
    assert f"{wanted['zone_id']}_{host}_A" == _found(session, "aws_route53_record", **wanted, alias=[{"name": target}])
    assert _found(session, "aws_route53_record", **wanted, alias=[{"name": "d2.cloudfront.net"}]) is None
    assert _found(session, "aws_route53_record", **wanted, alias=[{}]) is None


def test_what_is_not_known_yet_cannot_be_asked_for(session: Session) -> None:
    """A plan knows some arguments only when what they come from is there; and of most types nothing can be left."""
    assert _found(session, "aws_lb_listener", port=80) is None
    assert _found(session, "aws_vpc", tags_all=None) is None
    assert _found(session, "aws_ecs_task_definition", family="notes") is None
