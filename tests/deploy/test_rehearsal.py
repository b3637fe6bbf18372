"""What a rehearsal is of, before anything of it is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from homeport.deploy.rehearsal import application_of, base_of, can_be_looked_at, domain_of, is_assumed, stand_ins
from homeport.deploy.rehearse import Rehearse
from homeport.errors import (
    BuildFailed,
    CandidateFailed,
    CloudFailed,
    DatabaseFailed,
    EngineFailed,
    HomeportError,
    ManifestInvalid,
    MigrationFailed,
    NotSetUp,
    Refused,
    RegistryFailed,
    TerraformFailed,
)
from homeport.events import Emit, Event, ignore
from homeport.manifest import AwsBase

STAGING = "  staging: {kind: docker}\n"
PRODUCTION = '  production: {kind: aws, account: "123456789012", region: eu-north-1, hosts: [notes.example.com]}\n'
SERVER = "  production: {kind: docker, host: ssh://ana@server}\n"
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
    assert not is_assumed(target)


@pytest.mark.parametrize("name", [None, "production"])
@pytest.mark.parametrize("targets", ["", STAGING])
def test_without_a_target_on_aws_one_is_assumed(tmp_path: Path, name: str | None, targets: str) -> None:
    """A rehearsal needs no account, so neither does the manifest."""
    application, target = application_of(_folder(tmp_path, targets), name)
    assert ("production", "000000000000", ()) == (application.target_name, target.account, target.hosts)
    assert application.target is target
    assert is_assumed(target)


@pytest.mark.parametrize("name", [None, "production-on-aws"])
def test_a_server_keeps_its_name_from_the_assumed_target(tmp_path: Path, name: str | None) -> None:
    """Where production is a server, the assumed one has another name."""
    application, target = application_of(_folder(tmp_path, SERVER), name)
    assert "production-on-aws" == application.target_name
    assert is_assumed(target)


@pytest.mark.parametrize(
    ("targets", "server", "other"),
    [
        (STAGING, "staging", "production"),
        (STAGING + SECOND, "staging", "second"),
        (SERVER, "production", "production-on-aws"),
        ("", "home", "production"),
    ],
)
def test_a_server_is_not_rehearsed(tmp_path: Path, targets: str, server: str, other: str) -> None:
    """The command that would be right is named."""
    with pytest.raises(Refused, match=f"{server} is a server") as refused:
        application_of(_folder(tmp_path, targets), server)
    assert refused.value.next_step.endswith(f"homeport rehearse {other}")


@pytest.mark.parametrize(
    ("name", "said"), [("stagin", r'"stagin" \(did you mean "staging"\?\)'), ("live", '"live"'), ("../x", '"../x"')]
)
def test_no_other_name_is_taken_for_the_assumed_target(tmp_path: Path, name: str, said: str) -> None:
    """A misspelt one would be rehearsed as something that nobody meant."""
    with pytest.raises(Refused, match=f"notes has no target {said}") as refused:
        application_of(_folder(tmp_path, STAGING), name)
    assert refused.value.next_step.endswith("as if it had one: homeport rehearse production")


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


@pytest.mark.parametrize("kind", [CandidateFailed, CloudFailed, DatabaseFailed, MigrationFailed, TerraformFailed])
def test_what_failed_in_the_account_can_be_looked_at(kind: type[HomeportError]) -> None:
    """What it left there says more than its words."""
    assert can_be_looked_at(kind("It failed."))


@pytest.mark.parametrize("kind", [Refused, NotSetUp, BuildFailed, RegistryFailed, EngineFailed])
def test_what_never_came_to_the_account_cannot(kind: type[HomeportError]) -> None:
    """A provider that could not be fetched is refused, an image is not built: nothing of that stands there."""
    assert not can_be_looked_at(kind("It failed."))


def _rehearse(folder: Path, base: AwsBase | None = None, emit: Emit = ignore) -> None:
    application, target = application_of(folder, None)
    Rehearse(application, target, base, lambda target, name, plan: None, emit, lambda environment, came: None).run()


def test_without_the_emulator_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is pulled or built."""
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(Refused, match="not installed") as refused:
        _rehearse(_folder(tmp_path))
    assert "pip install 'homeport[rehearse]'" in refused.value.next_step


def test_what_aws_refuses_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    """For a target that is assumed, too: the line of the manifest is named, and what was assumed was told."""
    told: list[Event] = []
    with pytest.raises(ManifestInvalid, match=r"homeport\.yaml:3: services\.api"):
        _rehearse(_folder(tmp_path, "", ", memory: 200G"), emit=told.append)
    text = "assumed, because notes has none on AWS: account 000000000000, eu-west-1"
    assert [Event("target", "production", text, "warning")] == told


def test_a_host_name_that_the_owners_domain_is_not_for_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    """As the release would, after the base was made."""
    with pytest.raises(Refused, match=r"is for example\.org .* not for notes\.example\.com"):
        _rehearse(_folder(tmp_path, PRODUCTION), AwsBase(domain="example.org"))
