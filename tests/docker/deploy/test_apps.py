"""`homeport apps` on a real server: what stands, what does not, and what belongs to nobody."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, probe_application

pytestmark = pytest.mark.docker
MB = 2**20


@pytest.fixture(scope="module")
def application(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe with a database: one release, and a later one that failed."""
    folder = probe_application(tmp_path_factory.mktemp("application"), database=True)
    installation.homeport("up", "--yes", cwd=folder)
    (folder / "migrations" / "V2__bad.sql").write_text("CREATE TABEL;")
    installation.homeport("up", "--yes", cwd=folder, returncode=1)
    return folder


@pytest.fixture
def elsewhere(application: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder without a homeport.yaml, once there is an application."""
    yield tmp_path


def _apps(installation: Installation, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(installation.homeport("apps", "--json", cwd=folder).stdout)
    return found


def test_what_stands_is_told(installation: Installation, elsewhere: Path) -> None:
    """The release that serves, not the one that failed; what it uses, and where it answers."""
    (found,) = _apps(installation, elsewhere)["applications"]
    assert ("probe", "home", 1) == (found["application"], found["target"], found["release"])
    assert [f"http://probe.localhost:{installation.http}/"] == found["urls"]
    assert (1, []) == (found["containers"], found["problems"])
    assert 5 * MB < found["database"] < 20 * MB
    assert MB < found["memory"] < 512 * MB
    assert [] == _apps(installation, elsewhere)["unclaimed"]
    shown = installation.homeport("apps", cwd=elsewhere).stdout
    assert "probe.home" in shown
    assert "1 of 1 up" in shown


def test_what_belongs_to_nobody_is_listed_apart(installation: Installation, elsewhere: Path) -> None:
    """A container and a volume with our labels, and a database that somebody made."""
    client, labels = installation.client, {"homeport.instance": installation.instance}
    image = installation.inspect(f"{installation.instance}-postgres")["Config"]["Image"]
    client.create_container(image, name=f"{installation.instance}-stray", labels=labels)
    client.create_volume(f"{installation.instance}-old", labels=labels)
    installation.psql("CREATE DATABASE scratch")
    try:
        found = _apps(installation, elsewhere)
        named = {(one["kind"], one["name"].removeprefix(installation.instance)) for one in found["unclaimed"]}
        assert {("container", "-stray"), ("volume", "-old"), ("database", "scratch")} == named
        assert 1 == len(found["applications"])
    finally:
        client.remove_container(f"{installation.instance}-stray", v=True)
        client.remove_volume(f"{installation.instance}-old")
        installation.psql("DROP DATABASE scratch")


def test_without_postgres_the_rest_is_told(installation: Installation, elsewhere: Path) -> None:
    """Just then somebody asks what is wrong."""
    installation.client.stop(f"{installation.instance}-postgres", timeout=5)
    try:
        found = _apps(installation, elsewhere)
        assert ["postgres", "databases are not known"] == [problem.partition(":")[0] for problem in found["problems"]]
        assert ["probe"] == [one["application"] for one in found["applications"]]
    finally:
        installation.client.start(f"{installation.instance}-postgres")


def test_what_was_stopped_or_taken_down_is_seen(installation: Installation, application: Path, elsewhere: Path) -> None:
    """A container that ended is a problem; data that `down` kept belongs to no application any more."""
    (name,) = installation.containers("probe")
    installation.client.stop(name, timeout=1)
    (found,) = _apps(installation, elsewhere)["applications"]
    assert [True] == [problem.startswith("api: Exited") for problem in found["problems"]]
    installation.homeport("down", "--yes", cwd=application)
    after = _apps(installation, elsewhere)
    assert [] == after["applications"]
    assert [("database", "probe_home")] == [(one["kind"], one["name"]) for one in after["unclaimed"]]
