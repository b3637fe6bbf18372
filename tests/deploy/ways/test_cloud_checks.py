"""What AWS refuses before anything is changed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from homeport.aws import Session
from homeport.aws.base import CloudBase
from homeport.deploy.application import Application, load_application
from homeport.deploy.ways.cloud.checks import check_gives, check_hosts, check_manifest, check_postgres
from homeport.errors import ManifestInvalid, Refused

PLACE = Session("eu-west-1", "123456789012", target="production")


CERTIFIED = {"listener_https": "arn:listener", "certificate_cloudfront": "arn:certificate"}


def _base(domain: str, outputs: Mapping[str, str | None] = CERTIFIED) -> CloudBase:
    return CloudBase("id", "123456789012", "eu-west-1", domain, outputs)


@pytest.mark.parametrize("host", ["example.com", "notes.example.com"])
def test_the_domain_and_what_is_right_below_it_has_a_certificate(host: str) -> None:
    """A certificate for a domain and *.domain is for one label and no more."""
    check_hosts(_base("example.com"), PLACE, [host])


@pytest.mark.parametrize("host", ["a.notes.example.com", "notes.example.org", "notesexample.com"])
def test_a_name_that_the_certificate_is_not_for_is_refused(host: str) -> None:
    """CloudFront would refuse it in the middle of a release."""
    with pytest.raises(Refused, match=f"not for {host}"):
        check_hosts(_base("example.com"), PLACE, [host])


@pytest.mark.parametrize("missing", CERTIFIED)
def test_a_pending_certificate_is_refused(missing: str) -> None:
    """CloudFront takes no name without it; the next step shows what AWS waits for, and goes on from there."""
    with pytest.raises(Refused, match=r"certificate of example\.com is pending") as refused:
        check_hosts(_base("example.com", CERTIFIED | {missing: None}), PLACE, ["notes.example.com"])
    assert "homeport setup production" in refused.value.next_step
    check_hosts(_base("example.com", {}), PLACE, [])


def test_without_a_domain_every_name_is_refused() -> None:
    """The next step is the base's, or no name."""
    with pytest.raises(Refused) as refused:
        check_hosts(_base(""), PLACE, ["notes.example.com"])
    assert "(aws.domain) and run: homeport setup production" in refused.value.next_step


def test_no_name_needs_no_domain() -> None:
    """The application then answers on a name that AWS gives it."""
    check_hosts(_base(""), PLACE, [])


MANIFEST = """
name: notes
database: {{postgres: {postgres}, extensions: [{extensions}]}}
services: {{api: {{build: api, port: 8000, cpus: {cpus}}}}}
targets:
  {targets}
  production: {{kind: aws, account: "123456789012", region: eu-west-1}}
"""
STAGING = "staging: {kind: docker}"
PREVIEW = 'preview: {kind: aws, account: "123456789012", region: eu-west-1}'


def _application(folder: Path, target: str = "production", **given: str) -> Application:
    settings = {"postgres": "17", "extensions": "pg_trgm", "cpus": "0.25", "targets": STAGING, **given}
    (folder / "homeport.yaml").write_text(MANIFEST.format(**settings))
    return load_application(folder, target, sources=False)


def test_what_rds_and_fargate_have_is_not_refused(tmp_path: Path) -> None:
    """An extension of RDS's list, a major that it offers, limits that a task can have."""
    check_manifest(_application(tmp_path))


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"extensions": "timescaledb"}, 'database.extensions[0]: RDS does not allow "timescaledb" for Postgres 17'),
        ({"cpus": "32"}, "services.api.cpus: 32 are more than the 16 that a task on AWS can have"),
    ],
    ids=["extension", "limits"],
)
def test_what_rds_or_fargate_lacks_is_refused_by_its_line(tmp_path: Path, given: dict[str, str], line: str) -> None:
    """Before AWS is asked for anything."""
    with pytest.raises(ManifestInvalid) as refused:
        check_manifest(_application(tmp_path, **given))
    assert any(line in problem for problem in refused.value.problems)


def test_another_major_than_the_instance_has_is_refused(tmp_path: Path) -> None:
    """As at home, where the cluster has one: AWS would refuse it in the middle of a release."""
    application = _application(tmp_path, postgres="18")
    with pytest.raises(Refused, match="asks for Postgres 18; its RDS instance on production is Postgres 17") as refused:
        check_postgres(application, 17)
    assert "Set database.postgres: 17 in homeport.yaml." == refused.value.next_step
    check_postgres(application, 18)
    check_postgres(application, None)


@pytest.mark.parametrize(
    ("target", "targets", "next_step"),
    [
        ("staging", STAGING, "homeport up staging"),
        ("preview", f"{STAGING}\n  {PREVIEW}", "homeport promote staging preview"),
    ],
    ids=["to a server", "to another target on AWS"],
)
def test_nothing_is_promoted_out_of_aws(tmp_path: Path, target: str, targets: str, next_step: str) -> None:
    """Each target has repositories of its own there; where the images come from has them still."""
    with pytest.raises(Refused, match="production is on AWS") as refused:
        check_gives(_application(tmp_path, target, targets=targets), "production")
    assert next_step in refused.value.next_step


def test_what_was_sent_ahead_from_a_server_is_given(tmp_path: Path) -> None:
    """It came from there, wherever it is now."""
    check_gives(_application(tmp_path), "staging")
