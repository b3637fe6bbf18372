"""The Terraform root of an application on AWS, as a value."""

import json
from pathlib import Path
from typing import Any

from homeport.manifest import Manifest, load
from homeport.stack import CloudApplicationStack, CloudPlace, cloud_inputs, empty_cloud_root, render_cloud_inputs
from homeport.stack.cloud_application import render_cloud_data_only, repository_addresses

CASES = Path(__file__).parent / "roots"
DIGEST = "sha256:" + "a" * 64
PLACE = CloudPlace("123456789012", "eu-west-1")
BASE = {"vpc_id": "vpc-1", "cluster": "homeport", "listener_https": None}


def _manifest(folder: Path) -> Manifest:
    (folder / "homeport.yaml").write_bytes((CASES / "cloud.yaml").read_bytes())
    for context in ("api", "web", "db/migrations"):
        (folder / context).mkdir(parents=True)
        (folder / context / "Dockerfile").write_text("FROM scratch\n")
    return load(folder / "homeport.yaml")


def _inputs(folder: Path) -> dict[str, Any]:
    manifest = _manifest(folder)
    names = ["migrations", *(name for _, name, _ in manifest.parts())]
    images = {name: f"api/notes-{name}@{DIGEST}" for name in names}
    return cloud_inputs(
        CloudApplicationStack(manifest.at("production"), "production", (), images, {"STRIPE_KEY": "version-3"})
    )


def test_the_root_of_an_application_on_aws(tmp_path: Path) -> None:
    """What a manifest says reaches the module, with the target's overrides, the platform and what the base gave."""
    expected = json.loads((CASES / "cloud.json").read_text())
    assert expected == render_cloud_inputs(_inputs(tmp_path), BASE, PLACE)


def test_what_the_base_gave_is_no_part_of_a_release(tmp_path: Path) -> None:
    """A rollback stands on the base as it is by then, so its record does not repeat the base."""
    assert "base" not in _inputs(tmp_path)


def test_without_an_application_its_database_can_stay(tmp_path: Path) -> None:
    """Its instance keeps what it was made with; services, sites and the task of the migrations are gone."""
    root = render_cloud_data_only(_inputs(tmp_path), BASE, PLACE, delete_data=False)
    given = root["module"]["application"]
    expected = {"source", "name", "target", "hosts", "platform", "database", "base"}
    assert expected == given.keys()
    assert {
        "extensions": ["pg_trgm"],
        "placeholders": {"longest": "$${not_a_template}"},
        "postgres": 17,
        "delete_data": False,
    } == given["database"]


def test_an_emulator_is_told_to_the_aws_provider_alone() -> None:
    """The modules and our own provider know of none."""
    place = CloudPlace("000000000000", "eu-west-1", {"s3_use_path_style": True})
    root = empty_cloud_root("notes.production", place)
    assert [True] == [one["s3_use_path_style"] for one in root["provider"]["aws"]]
    assert {"region": "eu-west-1", "account": "000000000000"} == root["provider"]["homeport"]


def test_an_empty_root_holds_no_module() -> None:
    """Applying it removes what the state holds."""
    assert "module" not in empty_cloud_root("notes.production", PLACE)


def test_every_image_has_its_repository_in_the_root(tmp_path: Path) -> None:
    """By these addresses alone are they made before the first promotion, for what is sent ahead of it."""
    inputs = _inputs(tmp_path)
    found = repository_addresses(inputs)
    assert {f"api/notes-{name}/production" for name in ("api", "migrations", "web", "worker")} == found.keys()
    assert 'module.application.aws_ecr_repository.this["api/notes-api"]' == found["api/notes-api/production"]
    assert 'module.application.module.site["web"].aws_ecr_repository.this' == found["api/notes-web/production"]
    assert (
        "module.application.module.database[0].aws_ecr_repository.migrations[0]"
        == found["api/notes-migrations/production"]
    )
