"""An AWS account and region as a target: opened by its credentials, its state and records in its bucket."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homeport.aws import Session, base
from homeport.aws.base import CloudBase
from homeport.aws.emulator import Running
from homeport.deploy.root import open_root
from homeport.errors import NotSetUp, Refused
from homeport.events import Event, ignore
from homeport.manifest import AwsTarget, DockerTarget
from homeport.oci import Registry
from homeport.releases.record import Release
from homeport.secret import Secret
from homeport.targets import CloudTarget, Target, open_target

ROOT = "notes.production"
VALUE = "correct horse battery staple"
BASE = CloudBase("b1", "000000000000", "eu-west-1", "example.com", {"cluster": "homeport", "zone_id": None}, "1.0")


@pytest.fixture
def target(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CloudTarget:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    target = CloudTarget.on(replace(session, target="production"), holder="ana@laptop pid 1")
    target.bucket.ensure()
    return target


def _release(number: int, result: Any = "succeeded") -> Release:
    return Release(number, result, "2026-11-28T09:00:00+00:00", 1.0, "ana@laptop", "", "", {}, {}, (), "")


def test_it_opens_by_kind_and_says_who_is_there(emulator: Running) -> None:
    """The one look-up; a person sees by which credentials."""
    told: list[Event] = []
    wanted = AwsTarget(account=emulator.account, region=emulator.region)
    with open_target(wanted, instance="homeport", holder="ana", emit=told.append) as target:
        opened: Target = target

    assert f"AWS {emulator.account}, {emulator.region}" == opened.called
    assert f"aws://{emulator.account}/{emulator.region}" == opened.address
    assert [f"{emulator.region}, as root"] == [event.text for event in told]


def test_another_account_is_refused_before_anything_is_asked(emulator: Running) -> None:
    """Not even the bucket is looked for."""
    with pytest.raises(Refused, match="the target is in 123456789012"):
        CloudTarget.open(AwsTarget(account="123456789012", region=emulator.region), holder="ana")


def test_a_server_is_no_account(emulator: Running) -> None:
    """A --host that is left in the environment is told, not passed over."""
    wanted = AwsTarget(account=emulator.account, region=emulator.region)
    with pytest.raises(Refused, match="is a server"):
        open_target(wanted, host="ssh://ana@server", instance="homeport", holder="ana")
    assert DockerTarget().kind != wanted.kind


def test_before_the_first_setup_there_is_no_base(target: CloudTarget) -> None:
    """The command that makes it is the next step; a damaged record says so."""
    with pytest.raises(NotSetUp, match="no base in AWS") as refused:
        _ = target.base
    assert "Run: homeport setup production" == refused.value.next_step

    target.bucket.write(base.FILE, b"half a rec")
    with pytest.raises(NotSetUp, match="damaged") as damaged:
        _ = target.base
    assert damaged.value.next_step.startswith("Run: homeport setup production\n")


def test_the_base_is_what_setup_has_kept(target: CloudTarget) -> None:
    """As it was, with the outputs that every application's module takes."""
    base.save(target.bucket, BASE)

    assert (BASE, "b1", ()) == (target.base, target.base_id, target.usual_hosts("notes"))


def test_releases_are_recorded_as_at_home(target: CloudTarget) -> None:
    """Under the lock and without it, the same numbers and the same records."""
    with target.lock(ROOT, "doing"):
        for result in ("succeeded", "failed"):
            target.record("notes", "production", _release(target.next_number("notes", "production"), result))

    assert [1, 2] == [release.number for release in target.releases("notes", "production")]
    assert (_release(1), _release(2, "failed")) == (
        target.last_release("notes", "production"),
        target.last_attempt("notes", "production"),
    )
    assert 3 == target.next_number("notes", "production")


def test_terraforms_state_is_in_the_bucket_and_no_secret_in_it(target: CloudTarget, tmp_path: Path) -> None:
    """By our own HTTP backend; what Terraform knows of a secret is its version."""
    version = target.secrets.set(ROOT, "API_KEY", Secret(VALUE))
    with target.lock(ROOT, "doing") as lock:
        told: list[Event] = []
        root = {
            "terraform": {"required_version": ">= 1.11", "backend": {"http": {}}},
            "resource": {"terraform_data": {"secrets": {"input": dict(target.secrets.list(ROOT))}}},
        }
        with open_root(target, ROOT, root, tmp_path / "workspace", lock, told.append) as opened:
            opened.apply(opened.plan())

    state = target.states(ROOT).read()
    assert state is not None
    assert str(version).encode() in state
    kept = [target.bucket.read(key) or b"" for key in target.bucket.keys("")]
    files = [path.read_bytes() for path in (tmp_path / "workspace").rglob("*") if path.is_file()]
    assert VALUE.encode() not in b"".join((*kept, *files))
    assert VALUE not in repr((told, target.secrets, target.secrets.get(ROOT, "API_KEY")))


def test_a_damaged_state_is_put_aside_by_whoever_opens_the_root(target: CloudTarget, tmp_path: Path) -> None:
    """And told: the one before it counts."""
    root = "damaged.production"
    target.states(root).write(b'{"version": 4, "serial": 1, "lineage": "x", "resources": []}')
    target.states(root).write(b"half a st")
    told: list[Event] = []
    empty = {"terraform": {"backend": {"http": {}}}}
    with (
        target.lock(root, "doing") as lock,
        open_root(target, root, empty, tmp_path / "workspace", lock, told.append),
    ):
        assert [1] == target.states(root).files.numbers()

    assert ["state 2 is damaged: put aside, and gone on from the one before"] == [event.text for event in told]


def test_the_providers_drivers_are_this_targets(target: CloudTarget) -> None:
    """With the registry that a promotion copies from."""
    source = Registry(_Endpoint(), "homeport", Secret("x"))
    target.take_images_from(source)
    provider = target.provider(ignore)
    provider.configure_provider(
        None, {"region": "eu-west-1", "account": "000000000000", "host": None, "instance": None}
    )

    assert (target.drivers, source) == (provider.cloud, provider.cloud.source)


def test_the_migrations_that_stand_are_told_by_the_state(target: CloudTarget) -> None:
    """Flyway's history is out of reach: the image that was applied last is what is known."""
    images = [
        {"repository": f"{name}/production", "source": name, "digest": digest}
        for name, digest in (("api/notes-api", "sha256:1"), ("api/notes-migrations", "sha256:2"))
    ]
    resources = [{"type": "homeport_image", "instances": [{"attributes": image} for image in images]}]
    state = {"version": 4, "serial": 1, "lineage": "x", "resources": resources}
    target.states("schema.production").write(json.dumps(state).encode())
    schema = target.schema("schema.production")

    assert ("api/notes-migrations@sha256:2", None) == (schema.image, schema.ran)
    assert "" == target.schema_version("schema.production")


class _Endpoint:
    address = "127.0.0.1"
    port = 1
