"""`data "homeport_base"`, read by a real Terraform: an application finds the base that `setup` made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from homeport.aws import AwsDrivers, Session, base
from homeport.aws.base import CloudBase
from homeport.aws.bucket import Bucket
from homeport.errors import HomeportError
from homeport.home.drivers import Drivers
from homeport.provider.provider import HomeportProvider
from tests.support.terraform import served_root

OUTPUTS = {"vpc_id": "vpc-1", "public_subnets": ["subnet-1", "subnet-2"], "log_retention_days": 30, "of a later": "x"}


def _no_server(host: str, instance: str) -> Drivers:
    raise HomeportError("There is no server here.")


def _root(session: Session) -> dict[str, Any]:
    return {
        "terraform": {"required_providers": {"homeport": {"source": "homeport/homeport"}}},
        "provider": {"homeport": {"region": session.region, "account": session.account}},
        "data": {"homeport_base": {"this": {}}},
        "output": {"base": {"value": "${data.homeport_base.this}"}},
    }


def test_it_is_the_base_of_the_providers_region(session: Session, tmp_path: Path) -> None:
    """Before `setup` Terraform is told so; what a newer homeport keeps beside it is left out, what it lacks is null."""
    provider = HomeportProvider(_no_server, connect_cloud=lambda *place: AwsDrivers(session, "test"))
    bucket = Bucket(session)
    bucket.ensure()
    with served_root(tmp_path, provider) as root:
        root.write(_root(session))
        root.terraform("init", "-input=false")
        assert "There is no base in" in root.terraform("plan", "-input=false", returncode=1).stderr

        base.save(bucket, CloudBase("b1", session.account, session.region, "", OUTPUTS))
        root.terraform("apply", "-auto-approve", "-input=false")
        found = root.output("base")
    assert {"vpc_id": "vpc-1", "public_subnets": ["subnet-1", "subnet-2"], "log_retention_days": 30} == {
        name: value for name, value in found.items() if value is not None
    }
