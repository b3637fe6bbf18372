"""What releases leave on the engine is kept to a budget, and nothing that somebody else made is touched."""

import json
from pathlib import Path

import pytest

from homeport.deploy.upkeep import RELEASES_KEPT
from tests.support.installation import Installation, probe_application

pytestmark = pytest.mark.docker
TARGETS = {name: {"kind": "docker", "hosts": [f"{name}.localhost"]} for name in ("dev", "staging")}
REMOVED = "1 old image removed from the engine"


def _release(installation: Installation, application: Path, target: str, version: int) -> str:
    """A release with an image of its own; what was said."""
    server = application / "api" / "server.py"
    unchanged = server.read_text().partition("\n# version")[0]
    server.write_text(f"{unchanged}\n# version {version} of {installation.instance}\n")
    return installation.homeport("up", target, "--yes", cwd=application).stderr


def _released(installation: Installation, application: Path, target: str) -> list[str]:
    """The digests of the releases, oldest first."""
    shown = installation.homeport("releases", target, "--json", cwd=application).stdout
    return [release["images"]["api"].partition("@")[2] for release in reversed(json.loads(shown))]


def _local(installation: Installation) -> set[str]:
    """The digests that the engine has under the repository's name."""
    images = installation.client.images(name=f"127.0.0.1:{installation.registry}/api/probe-api")
    return {name.partition("@")[2] for image in images for name in image["RepoDigests"] or ()}


def test_images_of_the_last_releases_stay_and_older_ones_go(installation: Installation, tmp_path: Path) -> None:
    """Of every target; what somebody else named stays under that name. What went is pulled again when it is needed."""
    application = probe_application(tmp_path, targets=TARGETS)
    _release(installation, application, "staging", 0)
    _release(installation, application, "dev", 1)
    (staging,), (first,) = (_released(installation, application, target) for target in ("staging", "dev"))
    repository, theirs = f"127.0.0.1:{installation.registry}/api/probe-api", f"somebody-else/{installation.instance}"
    installation.client.tag(f"{repository}@{first}", theirs, "kept")
    try:
        said = [_release(installation, application, "dev", version) for version in range(2, RELEASES_KEPT + 2)]
        assert [False] * (RELEASES_KEPT - 1) + [True] == [REMOVED in one for one in said]
        kept = _released(installation, application, "dev")[-RELEASES_KEPT:]
        assert {staging, *kept} == _local(installation)
        assert installation.client.images(name=f"{theirs}:kept")
        assert "unchanged: not built" in _release(installation, application, "dev", 1)
        assert first in _local(installation)
        assert 200 == installation.get("dev.localhost").status
    finally:
        installation.client.remove_image(f"{theirs}:kept", force=True)
