"""The very first release to AWS crash-loops: nothing of it is shown to anybody, and the next one goes on from there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from homeport.aws import Session
from homeport.aws.emulator import Running
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.production import EXAMPLE
from tests.support.promoted import Promoted, asked, set_up_lightly
from tests.support.terraform import terraform_configuration

pytestmark = pytest.mark.long


@pytest.fixture
def promoted(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Promoted]:
    """A service and a site that run at home."""
    session = Session(emulator.region, emulator.account)
    home = Installation(tmp_path_factory.mktemp("installation"))
    home.variables.update(terraform_configuration(tmp_path_factory.mktemp("terraform")))
    try:
        home.setup()
        set_up_lightly(session)
        made = Promoted(home, session, probe_application(tmp_path_factory.mktemp("application")))
        shutil.copytree(EXAMPLE / "web", made.folder / "web")
        _write(made)
        made.run("up", "--yes", "home")
        yield made
    finally:
        home.remove()


def _write(made: Promoted, **production: str) -> None:
    place = {"kind": "aws", "account": made.session.account, "region": made.session.region}
    own = {"services": {"api": {"environment": production}}}
    sites: dict[str, Any] = {"web": {"build": "web", "route": "/"}}
    targets = {"home": {"kind": "docker"}, "production": place | own}
    write_manifest(made.folder, services={"api": {"route": "/api"}}, sites=sites, targets=targets)


def _pages(session: Session) -> list[str]:
    """The keys of all objects in the buckets of sites."""
    s3 = session.client("s3")
    buckets = [one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("homeport-site-")]
    return [found["Key"] for name in buckets for found in s3.list_objects_v2(Bucket=name).get("Contents", ())]


def test_it_publishes_no_site_and_is_recorded_as_failed(promoted: Promoted) -> None:
    """ECS calls a first deployment complete at birth, whatever becomes of it; homeport does not."""
    _write(promoted, BEHAVIOUR="exits")
    told = promoted.run("promote", "--yes", "home", "production", returncode=1)
    assert "api exited with code 1." in told
    assert "a reason to exit" in told
    assert [] == _pages(promoted.session)
    assert ["failed"] == [release["result"] for release in promoted.releases("production")]
    assert "0 of 0 run" in promoted.run("status", "production")

    _write(promoted)
    assert "Release 2 of probe serves on production" in promoted.run("promote", "--yes", "home", "production")
    assert "index.html" in _pages(promoted.session)
    assert 200 == _site(promoted)[0]


def _site(promoted: Promoted) -> tuple[int, str]:
    """The site's page, through CloudFront."""
    cloudfront = promoted.session.client("cloudfront")
    [distribution] = cloudfront.list_distributions()["DistributionList"]["Items"]
    return asked(promoted.session.endpoints.cloudfront(distribution["DomainName"]))
