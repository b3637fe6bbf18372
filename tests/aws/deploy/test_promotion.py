"""A release that is healthy at home is promoted to AWS: the very digests, with the server reached and with it away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homeport.aws import Session
from homeport.aws import base as bases
from homeport.aws.base import CloudBase
from homeport.aws.bucket import Bucket
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.terraform import terraform_configuration


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A server at home."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    try:
        made.setup()
        made.variables.update(terraform_configuration(tmp_path_factory.mktemp("terraform")))
        yield made
    finally:
        made.remove()


def _base(session: Session) -> CloudBase:
    ec2, balancing = session.client("ec2"), session.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{session.region}{z}")["Subnet"][
            "SubnetId"
        ]
        for n, z in enumerate("abab")
    ]
    group = ec2.create_security_group(GroupName="balancer", Description="b", VpcId=vpc)["GroupId"]
    balancer = balancing.create_load_balancer(Name="homeport", Subnets=subnets[:2], SecurityGroups=[group])[
        "LoadBalancers"
    ][0]
    answer = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "none"}
    listener = balancing.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": answer}],
    )["Listeners"][0]["ListenerArn"]
    cluster = session.client("ecs").create_cluster(clusterName="homeport")["cluster"]["clusterArn"]
    boundary = session.client("iam").create_policy(
        PolicyName="homeport-boundary",
        PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        ),
    )["Policy"]["Arn"]
    outputs = {
        "vpc_id": vpc,
        "public_subnets": subnets[:2],
        "isolated_subnets": subnets[2:],
        "cluster": cluster,
        "cluster_name": "homeport",
        "load_balancer": balancer["LoadBalancerArn"],
        "load_balancer_dns": balancer["DNSName"],
        "load_balancer_security_group": group,
        "listener_http": listener,
        "listener_https": None,
        "certificate_cloudfront": None,
        "permissions_boundary": boundary,
        "log_retention_days": 30,
        "client_image": session.endpoints.client_image,
        "region": session.region,
        "account": session.account,
    }
    return CloudBase("id", session.account, session.region, "", outputs)


@dataclass(frozen=True)
class Promoted:
    """An application with the targets `home` and `production`."""

    installation: Installation
    folder: Path

    def run(self, verb: str, *arguments: str, returncode: int = 0) -> str:
        done = self.installation.homeport(verb, *arguments, cwd=self.folder, returncode=returncode)
        assert "\nTraceback" not in done.stderr
        return done.stdout + done.stderr

    def releases(self, target: str) -> list[dict[str, Any]]:
        shown = self.installation.homeport("releases", target, "--json", cwd=self.folder).stdout
        found: list[dict[str, Any]] = json.loads(shown)
        return found


@pytest.fixture
def promoted(installation: Installation, session: Session, tmp_path: Path) -> Promoted:
    """Released at home; production has a base."""
    bucket = Bucket(session)
    bucket.ensure()
    bases.save(bucket, _base(session))
    folder = probe_application(tmp_path, "probe")
    write_manifest(
        folder,
        "probe",
        services={"api": {"route": "/", "environment": {"VERSION": "1"}}},
        database=True,
        targets={
            "home": {"kind": "docker"},
            "production": {"kind": "aws", "account": session.account, "region": session.region},
        },
    )
    made = Promoted(installation, folder)
    made.run("up", "--yes", "home")
    return made


@pytest.mark.long
def test_a_release_goes_from_home_to_aws(promoted: Promoted) -> None:
    """Once in full, then there is nothing to do; a release sent ahead needs the server no more; off, the data stays."""
    told = promoted.run("promote", "--yes", "home", "production")
    assert "unproven  IAM" in told  # what home cannot show is said before somebody says yes
    assert "Release 1 of probe serves on production" in told
    assert "1 of 1 run" in promoted.run("status", "production")
    assert "Nothing to do" in promoted.run("promote", "--yes", "home", "production")
    assert "Nothing to do" in promoted.run("plan", "production")
    sent = promoted.run("promote", "--ahead", "home", "production")
    assert 2 == sent.count("in ECR already")
    away = promoted.run("promote", "--yes", "home", "production", "--from-host", "ssh://nobody@127.0.0.1:1")
    assert "home cannot be reached: what was sent ahead of it is taken." in away
    assert "Nothing to do" in away
    [release] = promoted.releases("production")
    assert ("succeeded", "home 1", "1") == (release["result"], release["origin"], release["schema"])
    assert "its RDS instance stays with its data" in promoted.run("down", "--yes", "production")
