"""What each role admits and may do: the policies of the modules as IAM has them, and calls that IAM refuses."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
from tests.support.iam import Document, admits, allows, faults
from tests.support.terraform import Root, served_root

HAS_AUTH = True
ISSUER = "token.actions.githubusercontent.com"
SUBJECT = "repo:octo@123/shop@456:{ending}"
DIGEST = "sha256:" + "0" * 64
GITHUB = {
    "repository": "octo/shop",
    "repository_id": "456",
    "owner_id": "123",
    "environments": ["production"],
    "refs": ["refs/heads/main"],
}
# All that roles and policies need, and no load balancer, which takes a minute.
WANTED = ("aws_iam_role_policy.deploy", "aws_iam_role_policy.deploy_read", "aws_iam_role_policy.plan")
OF_SERVICE = ("aws_iam_role_policy.execution", "aws_iam_role.task")
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
TABLE = Path(__file__).parent / "actions.yaml"
SUBJECTS = Path(__file__).parent / "subjects.yaml"


@dataclass(frozen=True)
class Roles:
    """The roles as IAM has them."""

    session: Session
    arns: Mapping[str, str]
    filled: Mapping[str, str]  # what stands for the names in braces of the table

    def trust(self, name: str) -> Document:
        return dict(self._iam.get_role(RoleName=_name(self.arns[name]))["Role"]["AssumeRolePolicyDocument"])

    def policies(self, name: str) -> list[Document]:
        role = _name(self.arns[name])
        names = self._iam.list_role_policies(RoleName=role)["PolicyNames"]
        return [self._iam.get_role_policy(RoleName=role, PolicyName=one)["PolicyDocument"] for one in names]

    def boundary(self) -> Document:
        arn = self.filled["boundary"]
        version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return dict(self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])

    def taken(self, name: str, ending: str) -> boto3.Session:
        """As GitHub Actions takes a role: by a token whose subject ends so."""
        token = _token(SUBJECT.format(ending=ending))
        sts = self.session.client("sts")
        taken = sts.assume_role_with_web_identity(RoleArn=self.arns[name], RoleSessionName="ci", WebIdentityToken=token)
        return _logged_in(taken["Credentials"], self.session)

    @property
    def _iam(self) -> Any:
        return self.session.client("iam")


@pytest.fixture(scope="module")
def roles(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    """Those of the base and of a service that names one of two secrets."""
    session = Session(emulator.region, emulator.account, Endpoints(emulator.api))
    Bucket(session).ensure()
    secrets = [_secret(session, name) for name in ("KEY", "OTHER")]
    zone = session.client("route53").create_hosted_zone(Name="example.test", CallerReference="roles")
    zone_id = zone["HostedZone"]["Id"].rpartition("/")[2]
    with served_root(tmp_path_factory.mktemp("roles"), HomeportProvider(_no_server)) as root:
        root.write(_root(session, zone_id))
        root.terraform("init", "-input=false")
        targets = [f"-target=module.base.{one}" for one in WANTED] + [f"-target=module.api.{one}" for one in OF_SERVICE]
        root.terraform("apply", "-auto-approve", "-input=false", *targets)
        yield Roles(session, _arns(session, root), _filled(session, secrets, zone_id))


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
    return {
        "account": session.account,
        "region": session.region,
        "here": f"{session.region}:{session.account}",
        "bucket": Bucket(session).name,
        "boundary": _boundary(session),
        "named_secret": secrets[0],
        "other_secret": secrets[1],
        "zone": zone_id,
    }


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _token(subject: str) -> str:
    """Of GitHub's shape. The emulator reads the claims and does not look at the signature."""
    claims = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": subject, "exp": 4102444800}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in ({"alg": "RS256"}, claims)]
    return b".".join([*(part.rstrip(b"=") for part in parts), b"c2ln"]).decode()


def _logged_in(credentials: Mapping[str, str], session: Session) -> boto3.Session:
    return boto3.Session(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], session.region
    )


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
    assert [] == [fault for one in named for fault in faults(one)]


def test_policies_are_not_longer_than_aws_takes(roles: Roles) -> None:
    """All inline policies of a role together: 10,240 characters. Source: IAM and AWS STS quotas."""
    for name in ("deploy", "plan", "execution"):
        assert sum(len(json.dumps(one, separators=(",", ":"))) for one in roles.policies(name)) <= 10_240
    assert len(json.dumps(roles.boundary(), separators=(",", ":"))) <= 6_144


# ------------------------------------------------------------------ and IAM says so


def test_iam_keeps_the_deploy_role_to_its_path_and_boundary(roles: Roles) -> None:
    """A role without the boundary is refused; one with it is made, cannot lose it, and can go."""
    iam = roles.taken("deploy", "environment:production").client("iam", endpoint_url=roles.session.endpoints.api)
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
    ecs = roles.taken("deploy", "environment:production").client("ecs", endpoint_url=roles.session.endpoints.api)
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
    s3 = roles.taken("deploy", "environment:production").client("s3", endpoint_url=roles.session.endpoints.api)
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
    manager = _logged_in(taken["Credentials"], roles.session).client(
        "secretsmanager", endpoint_url=roles.session.endpoints.api
    )
    assert "x" == manager.get_secret_value(SecretId=roles.filled["named_secret"])["SecretString"]
    with _refused():
        manager.get_secret_value(SecretId=roles.filled["other_secret"])
    with _refused():
        manager.put_secret_value(SecretId=roles.filled["named_secret"], SecretString="y")


# -------------------------------------------------------------- a plan by the plan role


@pytest.fixture
def planning(roles: Roles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CloudTarget:
    """The target as a pull request's workflow opens it."""
    keys = roles.taken("plan", "pull_request").get_credentials().get_frozen_credentials()
    for name, value in zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"), keys, strict=False):
        monkeypatch.setitem(os.environ, f"AWS_{name}", value)
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
