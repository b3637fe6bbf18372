"""The disk is looked at before something is pulled or built, on a real engine."""

from pathlib import Path

import pytest

from homeport.home import disk
from tests.support.installation import Installation, probe_application

pytestmark = pytest.mark.docker
MORE_THAN_ANY_DISK = "100000000"  # gigabytes


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An owner who wants so much to stay free that this server has no room for anything."""
    monkeypatch.setenv(disk.FLOOR_VARIABLE, MORE_THAN_ANY_DISK)
    return monkeypatch


def test_a_build_without_room_is_refused_before_it_begins(
    installation: Installation, tmp_path: Path, full: pytest.MonkeyPatch
) -> None:
    """What is free, what is needed and what can go are said; nothing is built, and no failed release is recorded."""
    application = probe_application(tmp_path)
    (application / "api" / "marker").write_text(installation.instance)  # a source that nobody has built
    refused = installation.homeport("up", "--yes", cwd=application, returncode=1).stderr
    assert "error: Building probe-api needs 100000000" in refused
    assert " GB free on this machine, and /" in refused
    assert "homeport registry prune" in refused
    assert [] == installation.releases(application)
    full.delenv(disk.FLOOR_VARIABLE)
    installation.homeport("up", "--yes", cwd=application)
    full.setenv(disk.FLOOR_VARIABLE, MORE_THAN_ANY_DISK)
    assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout


def test_a_pull_without_room_is_refused_before_it_begins(
    installation: Installation, tmp_path: Path, full: pytest.MonkeyPatch
) -> None:
    """An image that has gone from the engine is not fetched from the registry on to a full disk."""
    full.delenv(disk.FLOOR_VARIABLE)
    application = probe_application(tmp_path, "pulled")
    installation.homeport("up", "--yes", cwd=application)
    for container in installation.containers("pulled"):
        installation.client.remove_container(container, force=True)
    for image in installation.client.images(name=f"127.0.0.1:{installation.registry}/api/pulled-api"):
        for name in (*image["RepoTags"], *image["RepoDigests"]):
            if name.startswith(f"127.0.0.1:{installation.registry}/api/pulled-api:"):
                installation.client.remove_image(name, force=True)
    full.setenv(disk.FLOOR_VARIABLE, MORE_THAN_ANY_DISK)
    refused = installation.homeport("up", "--yes", cwd=application, returncode=1).stderr
    assert "Pulling 127.0.0.1:" in refused
    assert "docker builder prune" in refused
    full.delenv(disk.FLOOR_VARIABLE)
    installation.homeport("up", "--yes", cwd=application)
    assert 200 == installation.get("pulled.localhost").status
