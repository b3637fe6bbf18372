"""Where the target is that a promotion takes from."""

from pathlib import Path

import pytest

from homeport.cli.promote import Place, place_of_source
from homeport.deploy.application import Application, load_application

MANIFEST = """\
name: notes
services: {worker: {build: worker}}
targets:
  dev: {kind: docker, host: ssh://ana@server, hosts: [dev.example.com]}
  staging: {kind: docker, host: ssh://ana@server}
  laptop: {kind: docker}
  production: {kind: aws, account: "123456789012", region: eu-west-1}
"""


@pytest.fixture
def staging(tmp_path: Path) -> Application:
    (tmp_path / "homeport.yaml").write_text(MANIFEST)
    return load_application(tmp_path, "staging", sources=False)


def _place(application: Application, name: str, *, host: str | None = None, **said: str) -> Place | None:
    """Of an installation `home`; `host` replaces TO's."""
    return place_of_source(application, name, (host, "home"), (said.get("from_host"), said.get("from_instance")))


def test_a_target_beside_is_reached_by_the_open_connection(staging: Application) -> None:
    """A login to a server takes its time: one is enough, whether its host was replaced or its instance repeated."""
    assert _place(staging, "dev") is None
    assert _place(staging, "dev", host="local") is None
    assert _place(staging, "dev", from_instance="home") is None


def test_another_installation_beside_is_on_the_host_that_was_said(staging: Application) -> None:
    """Who runs on the server says --host local, and means both targets of it."""
    assert ("local", "other") == _place(staging, "dev", host="local", from_instance="other")


def test_a_target_elsewhere_is_where_the_manifest_has_it(staging: Application) -> None:
    """Another host for TO says nothing of a FROM that is not beside it."""
    assert (None, "home") == _place(staging, "laptop", host="local")
    assert (None, "home") == _place(staging, "production")


def test_what_is_said_of_the_source_goes_first(staging: Application) -> None:
    """Also for a target that the manifest has beside."""
    said = {"from_host": "ssh://ana@old", "from_instance": "old"}
    assert ("ssh://ana@old", "old") == _place(staging, "dev", host="local", **said)
