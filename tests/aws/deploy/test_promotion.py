"""A release that is healthy at home is promoted to AWS: the very digests, with the server reached and with it away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.aws import Session
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.promoted import OFF, Promoted, set_up_lightly
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


@pytest.fixture
def promoted(installation: Installation, session: Session, tmp_path: Path) -> Promoted:
    """Released at home; production has a base."""
    set_up_lightly(session)
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
    made = Promoted(installation, session, folder)
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
    away = promoted.run("promote", "--yes", "home", "production", *OFF)
    assert "home cannot be reached: what was sent ahead of it is taken." in away
    assert "Nothing to do" in away
    [release] = promoted.releases("production")
    assert ("succeeded", "home 1", "1") == (release["result"], release["origin"], release["schema"])
    assert "its RDS instance probe-production stays with all data" in promoted.run("down", "--yes", "production")
