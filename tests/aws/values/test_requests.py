"""What a request asks the right to: the questions that the emulator puts to the policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from homeport.aws.emulator.patches.requests import Question, Request, questions

HERE = "eu-west-1:123456789012"
TAG = {"aws:requesttag/homeport:application": "notes"}
BOUNDARY = "arn:aws:iam::123456789012:policy/homeport-boundary"
MADE = ("arn:aws:iam::123456789012:role/homeport/notes-task", BOUNDARY)


def _asked(
    service: str, action: str, *, path: str = "/", body: Any = b"", resource: str = "*", **given: str
) -> list[Question]:
    """Parameters are written with `_` for the dots of the query protocol."""
    parameters: Mapping[str, Any] = {name.replace("_", "."): [value] for name, value in given.items()}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(service, action, resource, path, sent, parameters, "eu-west-1", "123456789012")
    return questions(request, lambda name: MADE if name == "notes-task" else ("", ""))


def test_a_security_group_is_asked_about_with_its_network_and_its_tags() -> None:
    """Three rights are needed for one call; the tag may be set because it is this call that sets it."""
    tags = {"TagSpecification_1_Tag_1_Key": "homeport:application", "TagSpecification_1_Tag_1_Value": "notes"}
    groups = f"arn:aws:ec2:{HERE}:security-group/*"
    assert [
        Question("ec2:CreateSecurityGroup", groups, TAG),
        Question("ec2:CreateSecurityGroup", f"arn:aws:ec2:{HERE}:vpc/vpc-1", TAG),
        Question("ec2:CreateTags", groups, {"ec2:createaction": "CreateSecurityGroup", **TAG}),
    ] == _asked("ec2", "ec2:CreateSecurityGroup", VpcId="vpc-1", **tags)


def test_a_new_role_is_asked_about_with_its_path_and_boundary() -> None:
    """Of one that is there, both are IAM's to know; to tag one, AWS gives no boundary."""
    role = "arn:aws:iam::123456789012:role/homeport/notes-worker-task"
    given = {"RoleName": "notes-worker-task", "Path": "/homeport/", "PermissionsBoundary": BOUNDARY}
    tags = {"Tags_member_1_Key": "homeport:application", "Tags_member_1_Value": "notes"}
    keys = {"iam:permissionsboundary": BOUNDARY}
    assert [Question("iam:CreateRole", role, keys | TAG), Question("iam:TagRole", role, TAG)] == _asked(
        "iam", "iam:CreateRole", **given, **tags
    )
    assert [Question("iam:PutRolePolicy", MADE[0], keys)] == _asked("iam", "iam:PutRolePolicy", RoleName="notes-task")
    assert [Question("iam:TagRole", MADE[0], TAG)] == _asked("iam", "iam:TagRole", RoleName="notes-task", **tags)


def test_a_task_definition_gives_its_roles_to_tasks() -> None:
    """Who may not give a role away may not register what would."""
    body = {"family": "notes", "taskRoleArn": MADE[0], "tags": [{"key": "homeport:application", "value": "notes"}]}
    made = f"arn:aws:ecs:{HERE}:task-definition/notes:*"
    assert [
        Question("ecs:RegisterTaskDefinition", made, TAG),
        Question("ecs:TagResource", made, {"ecs:createaction": "RegisterTaskDefinition", **TAG}),
        Question("iam:PassRole", MADE[0], {"iam:passedtoservice": "ecs-tasks.amazonaws.com"}),
    ] == _asked("ecs", "ecs:RegisterTaskDefinition", body=body)


def test_a_task_is_run_in_a_cluster() -> None:
    """By which its right is limited."""
    body = {"cluster": f"arn:aws:ecs:{HERE}:cluster/homeport", "taskDefinition": "notes-psql:3"}
    assert [
        Question(
            "ecs:RunTask",
            f"arn:aws:ecs:{HERE}:task-definition/notes-psql:3",
            {"ecs:cluster": f"arn:aws:ecs:{HERE}:cluster/homeport"},
        )
    ] == _asked("ecs", "ecs:RunTask", body=body)


def test_a_database_with_a_password_of_rds_makes_a_secret() -> None:
    """And is tagged, and stands by its group of subnets."""
    asked = _asked(
        "rds",
        "rds:CreateDBInstance",
        DBInstanceIdentifier="notes",
        DBSubnetGroupName="notes",
        ManageMasterUserPassword="true",
    )
    assert [
        ("rds:CreateDBInstance", f"arn:aws:rds:{HERE}:db:notes"),
        ("rds:CreateDBInstance", f"arn:aws:rds:{HERE}:subgrp:notes"),
        ("secretsmanager:CreateSecret", f"arn:aws:secretsmanager:{HERE}:secret:rds!db-made"),
        ("secretsmanager:TagResource", f"arn:aws:secretsmanager:{HERE}:secret:rds!db-made"),
    ] == [(one.action, one.resource) for one in asked]


def test_records_of_a_zone_are_asked_about_by_name_and_type() -> None:
    """As Route 53 writes names: in lower case, without the last dot."""
    body = b"<Change><ResourceRecordSet><Name>Notes.example.com.</Name><Type>A</Type></ResourceRecordSet></Change>"
    zone = "arn:aws:route53:::hostedzone/Z1"
    prefix = "route53:changeresourcerecordsets"
    keys = {f"{prefix}normalizedrecordnames": ["notes.example.com"], f"{prefix}recordtypes": ["A"]}
    action = "route53:ChangeResourceRecordSets"
    assert [Question(action, zone, keys)] == _asked("route53", action, body=body, resource=zone)


def test_what_is_not_told_apart_is_asked_about_as_it_is() -> None:
    """By the one resource that the request names."""
    assert [Question("s3:PutObject", "arn:aws:s3:::bucket/key")] == _asked(
        "s3", "s3:PutObject", resource="arn:aws:s3:::bucket/key"
    )
