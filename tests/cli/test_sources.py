"""Which verbs need what the manifest builds from: those that build, plan a build, or look at it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from homeport.cli.application import app
from homeport.errors import HostUnreachable, ManifestInvalid

MANIFEST = """\
name: notes
services: {api: {build: not-there, port: 8000, route: /}}
targets: {staging: {kind: docker, host: "ssh://nobody@127.0.0.1:9"}}
"""
WITHOUT = (
    "status",
    "releases",
    "logs",
    "why",
    "open",
    "restart",
    "run staging api -- true",
    "psql",
    "rollback --yes",
    "secret list",
    "secret remove TOKEN",
    "down --yes",
)


def _failed(tmp_path: Path, words: str) -> BaseException | None:
    """How a verb ends in a folder with nothing but the manifest, whose server nobody answers for."""
    (tmp_path / "homeport.yaml").write_text(MANIFEST)
    verb, dashes, rest = words.partition(" -- ")
    command = [*verb.split(), "-C", str(tmp_path), *dashes.split(), *rest.split()]
    return CliRunner().invoke(app, command).exception


@pytest.mark.parametrize("words", WITHOUT)
def test_who_looks_after_an_application_needs_its_manifest_only(tmp_path: Path, words: str) -> None:
    """A server is looked after from where no checkout is: it is the server that cannot be reached."""
    assert isinstance(_failed(tmp_path, words), HostUnreachable)


@pytest.mark.parametrize("words", ["up --yes", "plan", "render", "check staging"])
def test_who_builds_needs_the_sources(tmp_path: Path, words: str) -> None:
    """A folder that is missing is told before any server is touched."""
    assert isinstance(_failed(tmp_path, words), ManifestInvalid)


def test_a_doctor_needs_no_sources(tmp_path: Path) -> None:
    """A server that does not answer is its finding, and a wrong one."""
    ended = _failed(tmp_path, "doctor")
    assert isinstance(ended, SystemExit)
    assert 1 == ended.code
