"""An application with a server at home and an AWS account whose base is no more than a promotion needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from homeport.aws import Door, Session
from homeport.aws import base as bases
from homeport.aws.base import CloudBase
from homeport.aws.bucket import Bucket
from tests.support.installation import Installation

PATIENCE = 420  # seconds: RDS and CloudFront take their time at an emulator, too
OFF = ("--from-host", "ssh://nobody@127.0.0.1:1")  # there is no server


def set_up_lightly(session: Session) -> None:
    """A network, a load balancer and a cluster, made in seconds: Terraform's module takes minutes for them."""
    bucket = Bucket(session)
    bucket.ensure()
    bases.save(bucket, CloudBase("id", session.account, session.region, "", _outputs(session)))


def _outputs(session: Session) -> dict[str, Any]:
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
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    boundary = session.client("iam").create_policy(
        PolicyName="homeport-boundary", PolicyDocument=json.dumps(everything)
    )["Policy"]["Arn"]
    return {
        "vpc_id": vpc,
        "public_subnets": subnets[:2],
        "isolated_subnets": subnets[2:],
        "cluster": session.client("ecs").create_cluster(clusterName="homeport")["cluster"]["clusterArn"],
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


@dataclass(frozen=True)
class Promoted:
    """An application with the targets `home` and `production`, in a folder."""

    installation: Installation
    session: Session
    folder: Path

    def run(self, *arguments: str, returncode: int | None = 0) -> str:
        """Both outputs of a command."""
        done = self.installation.homeport(*arguments, cwd=self.folder, returncode=returncode, patience=PATIENCE)
        assert "\nTraceback" not in done.stderr
        return done.stdout + done.stderr

    def releases(self, target: str) -> list[dict[str, Any]]:
        """Newest first."""
        shown = self.installation.homeport("releases", target, "--json", cwd=self.folder).stdout
        found: list[dict[str, Any]] = json.loads(shown)
        return found

    def change(self, file: str, before: str, after: str) -> None:
        """Replace text that must be there in a file of the application."""
        path = self.folder / file
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))

    def ask(self, path: str = "/") -> tuple[int, str]:
        """Status and body, through the load balancer by its own name."""
        dns = str(bases.require(Bucket(self.session)).outputs["load_balancer_dns"])
        return asked(self.session.endpoints.load_balancer(dns, dns, path, is_encrypted=False))

    @contextmanager
    def house_off(self) -> Iterator[None]:
        """Nothing of the server at home runs: neither its registry nor what serves there."""
        client = self.installation.client
        names = list(self.installation.containers(stopped=False))
        for name in names:
            client.stop(name, timeout=2)
        try:
            yield
        finally:
            for name in names:
                client.start(name)


def asked(door: Door) -> tuple[int, str]:
    """Status and body of a page, no redirection followed."""
    answer = urllib3.request("GET", door.url, headers=dict(door.headers), redirect=False, retries=False)
    return answer.status, answer.data.decode()
