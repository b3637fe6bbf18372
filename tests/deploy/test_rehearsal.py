"""What a rehearsal is of, before anything of it is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from homeport.deploy.rehearsal import application_of, base_of, domain_of, stand_ins
from homeport.deploy.rehearse import Rehearse
from homeport.errors import ManifestInvalid, Refused
from homeport.events import ignore
from homeport.manifest import AwsBase

STAGING = "  staging: {kind: docker}\n"
PRODUCTION = '  production: {kind: aws, account: "123456789012", region: eu-north-1, hosts: [notes.example.com]}\n'
SECOND = '  second: {kind: aws, account: "123456789012", region: eu-west-1}\n'


def _folder(tmp_path: Path, targets: str = "", service: str = "") -> Path:
    """An application with one service and these targets."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "Dockerfile").write_text("FROM scratch\n")
    text = f"name: notes\nservices:\n  api: {{build: {{context: api, secrets: [NPM_TOKEN]}}, port: 8000{service}}}\n"
    (tmp_path / "homeport.yaml").write_text(text + (f"targets:\n{targets}" if targets else ""))
    return tmp_path


def test_the_only_target_on_aws_need_not_be_named(tmp_path: Path) -> None:
    """Servers beside it do not count; its account and region are the emulator's."""
    application, target = application_of(_folder(tmp_path, STAGING + PRODUCTION), None)
    assert ("production", "123456789012", "eu-north-1") == (application.target_name, target.account, target.region)


@pytest.mark.parametrize("name", [None, "production", "live"])
@pytest.mark.parametrize("targets", ["", STAGING])
def test_without_a_target_on_aws_one_is_assumed(tmp_path: Path, name: str | None, targets: str) -> None:
    """A rehearsal needs no account, so neither does the manifest."""
    application, target = application_of(_folder(tmp_path, targets), name)
    assert (name or "production", "000000000000", ()) == (application.target_name, target.account, target.hosts)
    assert application.target is target


@pytest.mark.parametrize(("targets", "other"), [(STAGING, "production"), (STAGING + SECOND, "second")])
def test_a_server_is_not_rehearsed(tmp_path: Path, targets: str, other: str) -> None:
    """The command that would be right is named."""
    with pytest.raises(Refused, match="staging is a server") as refused:
        application_of(_folder(tmp_path, targets), "staging")
    assert f"homeport rehearse {other}" in refused.value.next_step


def test_of_two_on_aws_one_must_be_named(tmp_path: Path) -> None:
    """All targets are told."""
    with pytest.raises(Refused, match="production, second"):
        application_of(_folder(tmp_path, PRODUCTION + SECOND), None)


def test_a_misspelt_target_is_no_assumed_one(tmp_path: Path) -> None:
    """Where the manifest has one on AWS, it is meant."""
    with pytest.raises(Refused, match='did you mean "production"'):
        application_of(_folder(tmp_path, PRODUCTION), "produktion")


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ((), None),
        (("notes.example.com",), "notes.example.com"),
        (("example.com", "www.example.com"), "example.com"),
        (("api.example.com", "www.example.com"), "example.com"),
        (("notes.example.com", "notes.example.org"), None),
    ],
)
def test_the_domain_is_the_one_that_all_host_names_are_of(hosts: tuple[str, ...], expected: str | None) -> None:
    """As a certificate has it: the domain, and one label below."""
    assert expected == domain_of(hosts)


def test_the_owners_base_is_rehearsed_but_for_the_zone() -> None:
    """A hosted zone cannot be made with the id that it has in the real account."""
    base = base_of(AwsBase(domain="example.com", zone="Z0123456789ABCDEFGHIJ"), ("notes.example.org",))
    assert ("example.com", None) == (base.domain, base.zone)
    assert "notes.example.org" == base_of(None, ("notes.example.org",)).domain


def test_each_secret_has_a_random_stand_in(tmp_path: Path) -> None:
    """Those of services and of builds; never the same value twice."""
    application, _ = application_of(_folder(tmp_path, "", ", secrets: [STRIPE_KEY]"), None)
    first, second = stand_ins(application), stand_ins(application)
    assert ["NPM_TOKEN", "STRIPE_KEY"] == list(first)
    values = [value.reveal() for values in (first, second) for value in values.values()]
    assert 4 == len(set(values))


def _rehearse(folder: Path, base: AwsBase | None = None) -> None:
    application, target = application_of(folder, None)
    Rehearse(application, target, base, lambda name, plan: None, ignore, lambda environment, came: None).run()


def test_without_the_emulator_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is pulled or built."""
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(Refused, match="not installed") as refused:
        _rehearse(_folder(tmp_path))
    assert "pip install 'homeport[rehearse]'" in refused.value.next_step


def test_what_aws_refuses_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    """For a target that is assumed, too: the line of the manifest is named."""
    with pytest.raises(ManifestInvalid, match=r"homeport\.yaml:3: services\.api"):
        _rehearse(_folder(tmp_path, "", ", memory: 200G"))


def test_a_host_name_that_the_owners_domain_is_not_for_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    """As the release would, after the base was made."""
    with pytest.raises(Refused, match=r"is for example\.org .* not for notes\.example\.com"):
        _rehearse(_folder(tmp_path, PRODUCTION), AwsBase(domain="example.org"))
