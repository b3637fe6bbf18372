"""`homeport setup TARGET` on AWS, by the real command line, with the real module and Terraform."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from homeport.aws import Session, base
from homeport.aws.bucket import Bucket
from homeport.aws.emulator import Running as Emulator
from tests.support.command_line import CommandLine
from tests.support.pending import pending
from tests.support.running import Running
from tests.support.sts import sts
from tests.support.terraform import terraform_configuration

MANIFEST = """\
name: notes
services:
  api: {{build: api, port: 8000}}
targets:
  production: {{kind: aws, account: "{account}", region: {region}}}
"""
STATE = b'{"version": 4, "serial": 1, "lineage": "x", "resources": [{"type": "aws_s3_bucket", "instances": []}]}'


@dataclass
class Laptop(CommandLine):
    """A folder with a manifest, and an environment of its own."""

    folder: Path
    own: Mapping[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from homeport.cli import main; main()", *arguments]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache"), **self.own}

    def workplace(self) -> Path:
        return self.folder


@pytest.fixture
def laptop(emulator: Emulator, tmp_path: Path) -> Laptop:
    return _laptop(tmp_path, emulator.account, emulator.region)


def _laptop(folder: Path, account: str, region: str) -> Laptop:
    (folder / "homeport.yaml").write_text(MANIFEST.format(account=account, region=region))
    return Laptop(folder, terraform_configuration(folder))


def _made(laptop: Laptop) -> subprocess.CompletedProcess[str]:
    return laptop.homeport("setup", "production", "--yes")


@pytest.mark.long
def test_from_nothing_and_again_and_removed(laptop: Laptop, session: Session) -> None:
    """Set up, nothing to do the second time, and nothing left behind at the end."""
    first = _made(laptop)
    bucket = Bucket(session)
    stands = base.require(bucket)
    assert f"{session.account} {session.region}, as" in first.stderr
    assert "says nothing of AWS" in first.stderr
    assert f"The base of {bucket.called} is set up." in first.stdout
    assert stands.outputs["load_balancer_dns"] in first.stdout

    again = _made(laptop)
    assert "Nothing to do: the base is as it should be." in again.stdout
    assert stands == base.require(bucket)

    bucket.write("state/notes.production/00000001.tfstate", STATE)
    refused = laptop.homeport("setup", "production", "--remove", "--yes", returncode=1)
    assert "carries applications: notes.production" in refused.stderr
    bucket.remove("state/notes.production/00000001.tfstate")

    removed = laptop.homeport("setup", "production", "--remove", "--yes")
    assert f"The base of {bucket.called} is removed, and the bucket with its states and records." in removed.stdout
    assert [] == session.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert [] == session.client("s3").list_buckets()["Buckets"]
    assert "Nothing was removed." in laptop.homeport("setup", "production", "--remove", "--yes").stdout


def test_another_account_is_refused_before_anything_is_made(emulator: Emulator, tmp_path: Path) -> None:
    """Both accounts are named, and no bucket is made."""
    refused = _laptop(tmp_path, "123456789012", emulator.region).homeport("setup", "production", "--yes", returncode=1)
    assert "the target is in 123456789012" in refused.stderr


def test_without_credentials(laptop: Laptop, tmp_path: Path) -> None:
    """It says how to log in."""
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": str(tmp_path)}
    laptop.own = {**laptop.own, **nobody, "AWS_EC2_METADATA_DISABLED": "true"}
    refused = laptop.homeport("setup", "production", "--yes", returncode=1)
    assert "has no credentials for the AWS account" in refused.stderr


def test_roots_credentials_are_refused(laptop: Laptop, emulator: Emulator) -> None:
    """As STS words them; it is asked first, and nothing after it."""
    with sts({emulator.region: f"arn:aws:iam::{emulator.account}:root"}) as address:
        laptop.own = {**laptop.own, "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_STS": address}
        refused = laptop.homeport("setup", "production", "--yes", returncode=1)
    assert "are of the root user" in refused.stderr


def test_nobody_is_there_to_say_yes(laptop: Laptop, session: Session) -> None:
    """Without a terminal and --yes, nothing is made but the bucket."""
    refused = laptop.homeport("setup", "production", returncode=1)
    assert "Add --yes." in refused.stderr
    assert base.load(Bucket(session)) is None


def test_what_goes_with_the_base_is_said_first(laptop: Laptop, session: Session) -> None:
    """No plan of Terraform's shows the bucket: whose releases are recorded there is named before somebody says yes."""
    bucket = Bucket(session)
    bucket.ensure()
    bucket.write("releases/notes.production/00000001.json", b"{}")
    refused = laptop.homeport("setup", "production", "--remove", returncode=1)
    bucket.remove("releases/notes.production/00000001.json")
    assert "goes with it, with every state, and the records of the releases of notes.production" in refused.stderr
    assert "Add --yes." in refused.stderr


def test_options_of_a_server_are_refused(laptop: Laptop) -> None:
    """They would do nothing."""
    refused = laptop.homeport("setup", "production", "--free-ports", returncode=1)
    assert "--free-ports is for the base of a server" in refused.stderr


@pytest.mark.long
def test_as_json(laptop: Laptop) -> None:
    """One document, for a script; what it needs for GitHub is in it."""
    said = json.loads(laptop.homeport("setup", "production", "--yes", "--json").stdout)
    assert {"did", "base", "deploy_roles", "plan_role", "awaited"} == said.keys()
    laptop.homeport("setup", "production", "--remove", "--yes")


@pytest.mark.long
def test_a_pending_certificate_is_told_and_gone_on_from(laptop: Laptop, session: Session, emulator: Emulator) -> None:
    """The records that AWS waits for are printed, and the base stands without HTTPS; once they are there, with it."""
    (laptop.folder / "homeport.base.yaml").write_text("aws: {domain: example.test}\n")
    with pending(emulator.api) as address:
        laptop.own = {**laptop.own, "AWS_ENDPOINT_URL": address}
        waits = _made(laptop).stdout
        again = _made(laptop).stdout
    laptop.own = {**laptop.own, "AWS_ENDPOINT_URL": emulator.api}
    assert "Certificates wait for these records. Add them where the domain's DNS is kept:" in waits
    assert "example.test.  CNAME  " in waits
    assert "Then, to go on from there: homeport setup production" in waits
    assert "Nothing to do" in again
    assert "Certificates wait for these records." in again
    assert "is set up." in _made(laptop).stdout
    stands = base.require(Bucket(session))
    assert ("example.test", True) == (stands.domain, bool(stands.outputs["listener_https"]))
    laptop.homeport("setup", "production", "--remove", "--yes")


@pytest.mark.long
def test_what_a_kill_left_unnoted_is_taken_up(laptop: Laptop, session: Session) -> None:
    """Killed with its Terraform, which had noted nothing: the next one goes on from there, and nothing is twice."""
    running = Running(laptop.start("setup", "production", "--yes", cwd=laptop.folder))
    running.wait_for("aws_lb.this still working", patience=120)
    running.signal_terraform(signal.SIGKILL)
    running.signal_command(signal.SIGKILL)
    running.wait()
    made = _made(laptop)
    networks = session.client("ec2").describe_vpcs(Filters=[{"Name": "tag:homeport", "Values": ["base"]}])
    assert "an interrupted run left these, they are taken up: aws_" in made.stderr
    assert "is set up" in made.stdout
    assert 1 == len(session.client("elbv2").describe_load_balancers()["LoadBalancers"])
    assert 1 == len(networks["Vpcs"])
    assert "Nothing to do: the base is as it should be." in _made(laptop).stdout
    laptop.homeport("setup", "production", "--remove", "--yes")


@pytest.mark.long
def test_a_name_that_somebody_else_has(laptop: Laptop, session: Session) -> None:
    """It is left alone, without the tags of ours; the way out is said, and then the same command goes on."""
    iam = session.client("iam")
    looking = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [looking]})
    theirs = iam.create_policy(PolicyName="homeport-boundary", PolicyDocument=document)
    refused = laptop.homeport("setup", "production", "--yes", returncode=1)
    assert "homeport-boundary" in refused.stderr
    assert "somebody else made it" in refused.stderr
    iam.delete_policy(PolicyArn=theirs["Policy"]["Arn"])
    assert "is set up" in _made(laptop).stdout
    laptop.homeport("setup", "production", "--remove", "--yes")
