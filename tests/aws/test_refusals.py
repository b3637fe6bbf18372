"""What is refused on AWS, by the real command line: one clear message each, and nothing was changed before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from homeport.aws import Session
from homeport.aws import base as bases
from homeport.aws.base import CloudBase
from homeport.aws.bucket import Bucket
from homeport.aws.emulator import Running
from homeport.deploy.identity import holder
from homeport.home import base as home_bases
from homeport.home.base import Base
from homeport.releases.record import Release, Result
from homeport.targets import HomeTarget
from tests.support.installation import Installation
from tests.support.promoted import Promoted

ELSEWHERE = "eu-north-1"
MANIFEST = """
name: notes
services: {{api: {{build: api, port: 8000, route: /api}}}}
targets:
  home: {{kind: docker}}
  production: {{kind: aws, account: "{account}", region: {region}{more}}}
"""


@pytest.fixture
def notes(emulator: Running, session: Session, tmp_path: Path) -> Iterator[Promoted]:
    """An application whose server and account have the record of a base, and no more of it."""
    home = Installation(tmp_path)
    _write(tmp_path, session)
    _stands(session)
    try:
        with HomeTarget.open("local", instance=home.instance, holder=holder()) as target:
            home_bases.save(target.home, _at_home(home))
        yield Promoted(home, session, tmp_path)
    finally:
        home.remove()


def _at_home(home: Installation) -> Base:
    places = {"domain": "localhost", "address": "127.0.0.1", "edge": "172.30.0.0/24", "data": "172.30.1.0/24"}
    ports = {"http": home.http, "https": home.https, "registry_port": home.registry}
    return Base("home", home.instance, **places, **ports, backup="", postgres=17, image_source=None)


def _write(folder: Path, session: Session, more: str = "") -> None:
    text = MANIFEST.format(account=session.account, region=session.region, more=more)
    (folder / "homeport.yaml").write_text(text)


def _stands(session: Session, domain: str = "") -> None:
    bucket = Bucket(session)
    bucket.ensure()
    bucket.remove("locks/notes.production")
    outputs = {"load_balancer_dns": "homeport-1.eu-west-1.elb.amazonaws.com", "listener_https": None}
    bases.save(bucket, CloudBase("id", session.account, session.region, domain, outputs))


def _released_at_home(made: Promoted, result: Result) -> None:
    """The record of a release, and no more of it."""
    with HomeTarget.open("local", instance=made.installation.instance, holder=holder()) as target:
        images = {"api": f"api/notes-api@sha256:{'a' * 64}"}
        one = Release(1, result, "2026-11-28T03:00:00+00:00", 1, "ana@laptop", "", "", images, {}, (), "")
        target.record("notes", "home", one)


def _nothing_is_made(session: Session) -> bool:
    """No repository, service or record of a release."""
    repositories = session.client("ecr").describe_repositories()["repositories"]
    return not repositories and not Bucket(session).keys("releases/") and not Bucket(session).keys("state/")


def test_a_region_without_a_base(notes: Promoted) -> None:
    """The command that makes it is named with the target, as the person would type it."""
    _write(notes.folder, replace(notes.session, region=ELSEWHERE))
    told = notes.run("promote", "home", "production", "--yes", returncode=1)
    assert f"error: There is no base in AWS {notes.session.account}, {ELSEWHERE} yet." in told
    assert "Run: homeport setup production\n" in told


def test_what_was_never_at_home(notes: Promoted) -> None:
    """There is nothing that was seen to work."""
    told = notes.run("promote", "home", "production", "--yes", returncode=1)
    assert "error: home was never released.\nRun: homeport up home\n" in told
    assert _nothing_is_made(notes.session)


@pytest.mark.parametrize("ahead", [(), ("--ahead",)], ids=["at once", "ahead"])
def test_what_failed_at_home(notes: Promoted, ahead: tuple[str, ...]) -> None:
    """What serves there is not what was released last; it cannot be sent ahead, either."""
    _released_at_home(notes, "failed")
    told = notes.run("promote", "home", "production", "--yes", *ahead, returncode=1)
    assert "error: The last release of home, 1, failed.\n" in told
    assert _nothing_is_made(notes.session)


def test_a_certificate_that_is_pending(notes: Promoted) -> None:
    """CloudFront would refuse the name when all else stands."""
    _stands(notes.session, "example.com")
    _write(notes.folder, notes.session, ", hosts: [notes.example.com]")
    told = notes.run("promote", "home", "production", "--yes", returncode=1)
    assert "error: The certificate of example.com is pending: AWS waits for a record in the DNS of the domain." in told
    assert "by: homeport setup production\n" in told
    assert _nothing_is_made(notes.session)


def test_a_bucket_name_that_somebody_else_has(notes: Promoted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read from it and nothing written to it, neither by setup nor by a release."""
    mine = replace(notes.session, region=ELSEWHERE)
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "111111111111")  # the emulator takes it for that account's
        place = {"LocationConstraint": ELSEWHERE}
        stranger = Session(ELSEWHERE, "111111111111", mine.endpoints).client("s3")
        stranger.create_bucket(Bucket=Bucket(mine).name, CreateBucketConfiguration=place)
    _write(notes.folder, mine)
    told = notes.run("setup", "production", "--yes", returncode=1)
    assert f"error: The bucket {Bucket(mine).name} belongs to another AWS account" in told
    assert "Choose another region for the target in homeport.yaml" in told
    told = notes.run("promote", "home", "production", "--yes", returncode=1)
    assert "or see that this account owns that bucket." in told


@pytest.mark.parametrize("verb", [("promote", "home", "production"), ("rollback", "production")])
def test_a_lock_that_somebody_else_holds(notes: Promoted, verb: tuple[str, ...]) -> None:
    """Who holds it and since when is said."""
    lease = {"holder": "bob@tower pid 1", "since": "2026-11-28T09:00:00Z", "seconds": 3600, "machine": "tower"}
    Bucket(notes.session).write("locks/notes.production", json.dumps(lease).encode())
    told = notes.run(*verb, "--yes", returncode=1)
    assert "error: notes is being " in told
    assert " by bob@tower pid 1 since " in told
    assert "Wait until it has ended, then run the same command again." in told
