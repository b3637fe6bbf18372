"""What a request to AWS asks the right to: which actions on which resources, with which condition keys. Pure.

AWS asks more than one question of many a request: who makes a thing with tags must be allowed to tag it, who starts a
task must be allowed to give it its roles. Only what our modules and drivers ask of AWS is here.
Source: AWS, "Service Authorization Reference", a page for each service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

TAG = re.compile(r"(?P<tag>(?:.+\.)?Tags?(?:\.(?:member|Tag))?\.\d+)\.Key")
XML_TAG = re.compile(r"<Key>([^<]*)</Key>\s*<Value>([^<]*)</Value>")
TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Question:
    """Whether somebody may do `action` to `resource`; `keys` are condition keys beyond those of every request."""

    action: str
    resource: str
    keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came. `resource` is what ministack takes it to be about."""

    service: str
    action: str  # `ec2:CreateSecurityGroup`
    resource: str
    path: str
    body: bytes
    parameters: Mapping[str, Any]
    region: str
    account: str

    @property
    def verb(self) -> str:
        return self.action.partition(":")[2]

    @property
    def json(self) -> Mapping[str, Any]:
        """The body of a request of the JSON protocol; empty for another."""
        found = json.loads(self.body) if self.body[:1] == b"{" else {}
        return found if isinstance(found, dict) else {}

    def given(self, name: str) -> str:
        """A parameter of the query protocol, or of a URL."""
        found = self.parameters.get(name) or ""
        return str(found[0] if isinstance(found, list) else found)

    def listed(self, name: str) -> list[str]:
        """Its members, `name.1`, `name.2` and so on."""
        found: list[str] = []
        while value := self.given(f"{name}.{len(found) + 1}"):
            found.append(value)
        return found

    def arn(self, rest: str) -> str:
        return f"arn:aws:{self.action.partition(':')[0]}:{self.region}:{self.account}:{rest}"

    def tags(self) -> dict[str, str]:
        """The tags that it sets, as condition keys: of the query protocol, of JSON, or of CloudFront's XML."""
        found = {}
        for name in self.parameters:
            if match := TAG.fullmatch(name):
                found[self.given(name)] = self.given(f"{match['tag']}.Value")
        listed = self.json.get("tags", self.json.get("Tags")) or {}
        pairs = listed.items() if isinstance(listed, dict) else map(_pair, listed)
        found |= dict(pairs) | dict(XML_TAG.findall(self.body.decode("latin-1")))
        return {f"aws:requesttag/{name}": value for name, value in found.items()}


def _pair(tag: Mapping[str, str]) -> tuple[str, str]:
    lower = {name.lower(): value for name, value in tag.items()}
    return lower["key"], lower.get("value", "")


def questions(request: Request, boundary_of: Callable[[str], tuple[str, str]]) -> list[Question]:
    """All that AWS asks. `boundary_of` gives the ARN and the boundary of a role by its name."""
    if request.service == "iam":
        return list(_iam(request, boundary_of))
    asked = QUESTIONS.get(request.service)
    found = list(asked(request)) if asked else []
    return found or [Question(request.action, request.resource, request.tags())]


def _iam(request: Request, boundary_of: Callable[[str], tuple[str, str]]) -> Iterator[Question]:
    name = request.given("RoleName")
    arn, boundary = boundary_of(name)
    if request.verb == "CreateRole":
        arn = f"arn:aws:iam::{request.account}:role{request.given('Path') or '/'}{name}"
        boundary = request.given("PermissionsBoundary")
    keys = {"iam:permissionsboundary": boundary} if boundary and "Tag" not in request.verb else {}
    yield Question(request.action, arn or request.resource, keys | request.tags())
    if request.verb == "CreateRole" and request.tags():
        yield Question("iam:TagRole", arn, request.tags())


def _ec2(request: Request) -> Iterator[Question]:
    group = request.arn(f"security-group/{request.given('GroupId') or '*'}")
    rule = request.arn("security-group-rule/*")
    if request.verb == "CreateSecurityGroup":
        yield Question(request.action, group, request.tags())
        yield Question(request.action, request.arn(f"vpc/{request.given('VpcId')}"), request.tags())
        yield from _tagged(request, "ec2:CreateTags", group)
    elif request.verb.startswith("AuthorizeSecurityGroup"):
        yield Question(request.action, group)
        yield Question(request.action, rule, request.tags())
        yield from _tagged(request, "ec2:CreateTags", rule)
    elif "SecurityGroup" in request.verb and not request.verb.startswith("Describe"):
        yield Question(request.action, group)
        if changed := request.given("SecurityGroupRule.1.SecurityGroupRuleId"):
            yield Question(request.action, request.arn(f"security-group-rule/{changed}"))
    elif request.verb in ("CreateTags", "DeleteTags"):
        kinds = {"sg": "security-group", "sgr": "security-group-rule"}
        for one in request.listed("ResourceId"):
            kind = kinds.get(one.partition("-")[0], "other")
            yield Question(request.action, request.arn(f"{kind}/{one}"), request.tags())


def _load_balancing(request: Request) -> Iterator[Question]:
    if request.verb == "CreateTargetGroup":
        group = request.arn(f"targetgroup/{request.given('Name')}/*")
        yield Question(request.action, group, request.tags())
        yield from _tagged(request, "elasticloadbalancing:AddTags", group)
    elif request.verb == "CreateRule":
        listener = request.given("ListenerArn")
        yield Question(request.action, listener, request.tags())
        rule = f"{listener.replace(':listener/', ':listener-rule/')}/*"
        yield from _tagged(request, "elasticloadbalancing:AddTags", rule)
    elif request.verb in ("ModifyRule", "DeleteRule", "SetRulePriorities"):
        yield Question(request.action, request.given("RuleArn") or request.given("RulePriorities.member.1.RuleArn"))
    elif request.verb in ("AddTags", "RemoveTags"):
        for one in request.listed("ResourceArns.member"):
            yield Question(request.action, one, request.tags())


def _rds(request: Request) -> Iterator[Question]:
    named = {
        "db": "DBInstanceIdentifier",
        "pg": "DBParameterGroupName",
        "subgrp": "DBSubnetGroupName",
    }
    about = [request.arn(f"{kind}:{request.given(name)}") for kind, name in named.items() if request.given(name)]
    if request.verb in ("AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource"):
        about = [request.given("ResourceName")]
    if request.verb.startswith("Describe"):
        about = ["*"]
    for one in about:
        yield Question(request.action, one, request.tags())
    if request.verb.startswith("Create") and request.tags():
        yield Question("rds:AddTagsToResource", about[0], request.tags())
    if request.given("ManageMasterUserPassword") == "true":
        secret = request.arn("secret:rds!db-made").replace(":rds:", ":secretsmanager:", 1)
        yield Question("secretsmanager:CreateSecret", secret)
        yield Question("secretsmanager:TagResource", secret)
    if snapshot := request.given("FinalDBSnapshotIdentifier"):
        yield Question("rds:CreateDBSnapshot", request.arn(f"snapshot:{snapshot}"))
        yield Question("rds:AddTagsToResource", request.arn(f"snapshot:{snapshot}"))


def _ecs(request: Request) -> Iterator[Question]:
    said = request.json
    cluster = str(said.get("cluster") or "").rpartition("/")[2]
    if request.verb == "RegisterTaskDefinition":
        made = request.arn(f"task-definition/{said['family']}:*")
        yield Question(request.action, made, request.tags())
        yield from _tagged(request, "ecs:TagResource", made)
        for role in filter(None, (said.get("executionRoleArn"), said.get("taskRoleArn"))):
            yield Question("iam:PassRole", role, {"iam:passedtoservice": TASKS})
    elif request.verb in ("CreateService", "UpdateService", "DeleteService"):
        name = str(said.get("serviceName") or said.get("service")).rpartition("/")[2]
        service = request.arn(f"service/{cluster}/{name}")
        yield Question(request.action, service, request.tags())
        yield from _tagged(request, "ecs:TagResource", service)
    elif request.verb == "RunTask":
        keys = {"ecs:cluster": request.arn(f"cluster/{cluster}")}
        name = str(said["taskDefinition"]).rpartition("/")[2]
        yield Question(request.action, request.arn(f"task-definition/{name}"), keys | request.tags())
    elif request.verb == "StopTask":
        yield Question(request.action, request.arn(f"task/{cluster}/{str(said['task']).rpartition('/')[2]}"))
    elif request.verb in ("TagResource", "UntagResource"):
        yield Question(request.action, str(said["resourceArn"]), request.tags())


def _cloudfront(request: Request) -> Iterator[Question]:
    kinds = {"function": "function", "origin-access-control": "origin-access-control"}
    kinds |= {"distribution": "distribution", "response-headers-policy": "response-headers-policy"}
    _, _, kind, *rest = request.path.split("/")
    here = f"arn:aws:cloudfront::{request.account}"
    if request.verb.startswith("CreateDistribution"):
        yield Question("cloudfront:CreateDistribution", "*", request.tags())
        yield from _tagged(request, "cloudfront:TagResource", f"{here}:distribution/*")
    elif kind == "tagging":
        yield Question(request.action, unquote(request.given("Resource")), request.tags())
    elif rest and kind in kinds:
        yield Question(request.action, f"{here}:{kinds[kind]}/{rest[0]}")
    else:
        yield Question(request.action, "*")


def _cloudwatch(request: Request) -> Iterator[Question]:
    names = request.listed("AlarmNames.member") if request.verb == "DeleteAlarms" else [request.given("AlarmName")]
    alarms = [request.arn(f"alarm:{name}") for name in names if name]
    if request.verb in ("TagResource", "UntagResource", "ListTagsForResource"):
        alarms = [request.given("ResourceARN")]
    for alarm in alarms:
        yield Question(request.action, alarm, request.tags())
    if request.verb == "PutMetricAlarm":
        yield from _tagged(request, "cloudwatch:TagResource", alarms[0])


def _by_tags(action: str) -> Callable[[Request], Iterator[Question]]:
    """Of a service that asks for one thing more where something is made with tags."""

    def asked(request: Request) -> Iterator[Question]:
        resource = str(request.json.get("resourceArn") or request.resource)
        yield Question(request.action, resource, request.tags())
        if request.verb.startswith("Create"):
            yield from _tagged(request, action, resource)

    return asked


def _route53(request: Request) -> Iterator[Question]:
    if request.verb == "ChangeResourceRecordSets":
        text = request.body.decode()
        names = [name.rstrip(".").lower() for name in re.findall(r"<Name>([^<]*)</Name>", text)]
        keys = {"normalizedrecordnames": names, "recordtypes": re.findall(r"<Type>([^<]*)</Type>", text)}
        prefix = "route53:changeresourcerecordsets"
        yield Question(request.action, request.resource, {f"{prefix}{key}": value for key, value in keys.items()})
    elif request.verb == "GetChange":
        yield Question(request.action, f"arn:aws:route53:::change/{request.path.rpartition('/')[2]}")


def _tagged(request: Request, action: str, resource: str) -> Iterator[Question]:
    """The right to tag what is being made, in the call that makes it."""
    if tags := request.tags():
        service = action.partition(":")[0]
        yield Question(action, resource, {f"{service}:createaction": request.verb, **tags})


QUESTIONS: Mapping[str, Callable[[Request], Iterator[Question]]] = {
    "ec2": _ec2,
    "elasticloadbalancing": _load_balancing,
    "rds": _rds,
    "ecs": _ecs,
    "cloudfront": _cloudfront,
    "monitoring": _cloudwatch,
    "logs": _by_tags("logs:TagResource"),
    "ecr": _by_tags("ecr:TagResource"),
    "secretsmanager": _by_tags("secretsmanager:TagResource"),
    "route53": _route53,
}
