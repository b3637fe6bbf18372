"""The example's life on AWS by the roles that GitHub Actions take, and nothing else: IAM asked at every step.

What no emulator asks IAM about: what is pushed to and pulled from ECR's registry, and what ECS, RDS and CloudFront do
in the name of the roles that they are given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from homeport.aws import Session
from homeport.aws.emulator import Running
from tests.support.github import credentials
from tests.support.production import Production

pytestmark = pytest.mark.long
HAS_AUTH = True
HOST = "notes.example.test"
BASE = """\
aws:
  domain: example.test
  zone: {zone}
  github: {{repository: octo/shop, repository_id: "456", owner_id: "123", environments: [production]}}
"""


@pytest.fixture(scope="module")
def production(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """The example on staging, and a base for production with a domain whose zone is in the account."""
    route53 = Session(emulator.region, emulator.account).client("route53")
    zone = route53.create_hosted_zone(Name="example.test", CallerReference="roles")["HostedZone"]["Id"]
    with Production.of(emulator, tmp_path_factory.mktemp("production")) as made:
        made.change("homeport.yaml", "{kind: aws,", f"{{kind: aws, hosts: [{HOST}],")
        (made.application / "homeport.base.yaml").write_text(BASE.format(zone=zone.rpartition("/")[2]))
        made.run("setup", "production", "--yes")
        yield made


def _become(production: Production, role: str, ending: str) -> None:
    """From here on, commands have the role's rights only."""
    session = Session(production.cloud.region, production.cloud.account)
    production.home.variables.update(credentials(session, role, f"repo:octo@123/shop@456:{ending}"))


def _records(session: Session) -> dict[str, Any]:
    """Name and type of what is in the zone, each with what it is an alias of."""
    route53 = session.client("route53")
    zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {f"{one['Name']} {one['Type']}": one.get("AliasTarget", {}).get("DNSName") for one in found}


def test_the_deploy_role_is_enough_for_a_release(production: Production, session: Session) -> None:
    """From nothing: database, services, site, and the names in the domain's zone."""
    _become(production, "homeport-deploy-production", "environment:production")
    said = production.run("promote", "staging", "production", "--yes")
    assert "Release 1 of notes serves on production" in said
    assert "does not resolve" not in said
    records = _records(session)
    assert {True} == {".cloudfront.net" in str(records[f"{HOST}. {kind}"]) for kind in ("A", "AAAA")}


def test_the_deploy_role_is_enough_for_a_change(production: Production) -> None:
    """Another image, and another configuration."""
    production.next_version()
    assert "Release 2 of notes serves on production" in production.run("promote", "staging", "production", "--yes")
    assert "Nothing to do" in production.run("promote", "staging", "production", "--yes")


def test_the_plan_role_is_enough_for_a_plan(production: Production) -> None:
    """It takes no lock, and says so; what would change something is refused."""
    _become(production, "homeport-plan", "pull_request")
    said = production.run("plan", "production")
    assert "Nothing to do" in said
    assert "not taken: these credentials may only read" in said
    refused = production.run("promote", "staging", "production", "--yes", returncode=1)
    assert "AccessDenied" in refused
    assert 2 == production.status()["release"]["number"]


def test_the_deploy_role_is_enough_to_take_it_down(production: Production, session: Session) -> None:
    """With its data, its records in the zone and its roles."""
    _become(production, "homeport-deploy-production", "environment:production")
    production.run("down", "production", "--delete-data", "--confirm-name", "notes", "--yes")
    assert [] == [name for name in _records(session) if name.startswith(HOST)]
    roles = session.client("iam").list_roles(PathPrefix="/homeport/")["Roles"]
    assert [] == roles, json.dumps([one["RoleName"] for one in roles])
