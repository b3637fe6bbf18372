"""`homeport secret` on AWS: the same words as at home, and no value in any of them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from homeport.aws import Session
from homeport.aws.emulator import Running
from homeport.cli.application import app
from homeport.errors import Refused
from homeport.releases.record import Release
from homeport.targets import CloudTarget

VALUE = "correct horse battery staple"
MANIFEST = """\
name: notes
services:
  api:
    build: api
    port: 8000
    secrets: [API_KEY]
targets:
  production:
    kind: aws
    account: "{account}"
    region: {region}
"""


@pytest.fixture
def folder(emulator: Running, tmp_path: Path) -> Path:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "homeport.yaml").write_text(MANIFEST.format(account=emulator.account, region=emulator.region))
    return tmp_path


def _secret(folder: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["secret", *words, "-C", str(folder)], input=stdin)


def test_set_list_and_remove(folder: Path) -> None:
    """One after the other, each with what a person needs to know of it."""
    said = _secret(folder, "set", "API_KEY", "production", stdin=VALUE)
    assert "API_KEY is set (version " in said.stdout
    again = _secret(folder, "set", "API_KEY", "production", stdin=VALUE)
    assert "API_KEY has that value already." in again.stdout
    listed = _secret(folder, "list", "production")
    assert ["API_KEY", "api"] == listed.stdout.splitlines()[-1].split()[::2]
    removed = _secret(folder, "remove", "API_KEY", "production")
    assert "API_KEY is removed." in removed.stdout
    assert "No secrets are set." in _secret(folder, "list", "production").stdout
    assert VALUE not in "".join(one.output for one in (said, again, listed, removed))


def test_who_used_what_is_removed(folder: Path, session: Session) -> None:
    """AWS can start no further task of it, so it is said, with the way back."""
    _secret(folder, "set", "API_KEY", "production", stdin=VALUE)
    configuration = {"services": {"api": {"secrets": {"API_KEY": "1"}}, "worker": {"secrets": {}}}}
    one = Release(1, "succeeded", "2026-11-28T03:00:00+00:00", 1, "ana@laptop", "", "", {}, configuration, (), "")
    with CloudTarget.on(session, holder="ana@laptop pid 1") as target:
        target.bucket.ensure()
        target.record("notes", "production", one)
    removed = _secret(folder, "remove", "API_KEY", "production")
    assert "It is a secret of api: what runs keeps its value, but AWS can start no further task of it" in removed.output
    assert "Set it again by: homeport secret set API_KEY production" in removed.output


def test_import(folder: Path) -> None:
    """An .env file, those that the manifest names."""
    (folder / ".env").write_text(f"API_KEY='{VALUE}'\nOTHER=x\n")
    said = _secret(folder, "import", "production", str(folder / ".env"))

    assert ["API_KEY", "new"] == said.stdout.splitlines()[-1].split()
    assert "OTHER" in said.output
    assert VALUE not in said.output


def test_a_verb_for_servers_says_so(folder: Path) -> None:
    """It is no traceback that a person gets."""
    refused = CliRunner().invoke(app, ["trust", "production", "-C", str(folder)])

    assert isinstance(refused.exception, Refused)
    assert "this verb is for home servers" in refused.exception.message
