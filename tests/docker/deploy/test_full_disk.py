"""The engine's disk is full: nobody who uses the application notices, it is told, and the next command goes on."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest

from homeport.events import ignore
from homeport.home import disk as disks
from homeport.machine.images import ensure_images
from tests.support.installation import probe_application, write_manifest
from tests.support.own_engine import InstallationThere, LoadThere, OwnEngine, own_engine

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(1200)]
HOST = "probe.localhost"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InstallationThere]:
    """On an engine that has the service images already."""
    folder = tmp_path_factory.mktemp("engine")
    images = ensure_images(docker.APIClient(version="auto"), ignore, source="built")
    wanted = {images.registry, images.postgres, images.gateway, images.flyway, *images.substitutes.values()}
    with own_engine(folder) as engine:
        engine.copy(sorted(wanted))
        variables = {"DOCKER_HOST": engine.socket}
        made = InstallationThere(folder, variables=variables, client=engine.client(), engine=engine)
        try:
            made.setup()
            yield made
        finally:
            engine.grow()
            made.remove()


@pytest.fixture(scope="module")
def engine(installation: InstallationThere) -> OwnEngine:
    assert installation.engine is not None
    return installation.engine


@pytest.fixture(scope="module")
def application(installation: InstallationThere) -> Path:
    folder = probe_application(installation.folder)
    installation.homeport("up", "--yes", cwd=folder)
    return folder


@contextmanager
def nobody_notices(installation: InstallationThere, engine: OwnEngine) -> Iterator[None]:
    """Every request in the meantime is answered."""
    load = LoadThere(installation.http, HOST, ("/",), namespace=engine.namespace)
    with load.running():
        yield
    assert [] == load.failures
    assert load.answers > 0


def test_without_room_nothing_is_begun(installation: InstallationThere, engine: OwnEngine, application: Path) -> None:
    """What is to stay free is looked at first; how much there is, and what can go, are said."""
    build(application, "RUN true")
    with nobody_notices(installation, engine):
        engine.leave(500 << 20)
        said = installation.homeport("up", "--yes", cwd=application, returncode=1).stderr
        assert "needs 1." in said and f"{engine.disk} has 0.5 GB" in said
        assert "homeport registry prune" in said
        engine.grow()
        installation.homeport("up", "--yes", cwd=application)
    assert_stands(installation, application)


def build(application: Path, last: str) -> None:
    """A source that nobody has built."""
    dockerfile = application / "api" / "Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}ENV BUILT={uuid.uuid4().hex}\n{last}\n")


def filling_build(application: Path) -> None:
    """More than the room that is left."""
    build(application, "RUN dd if=/dev/zero of=/tmp/filling bs=1M count=600")


def new_environment(application: Path) -> None:
    """Nothing is built and nothing pulled: a container is made."""
    write_manifest(application, services={"api": {"route": "/", "environment": {"VERSION": uuid.uuid4().hex}}})


@pytest.mark.parametrize(
    ("change", "free"), [(filling_build, 400 << 20), (new_environment, 0)], ids=["in_a_build", "in_an_apply"]
)
def test_a_disk_that_fills_up_is_told(
    installation: InstallationThere,
    engine: OwnEngine,
    application: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    free: int,
) -> None:
    """As what it is, with what can go; the old release serves, and once there is room the same command goes through."""
    change(application)
    with nobody_notices(installation, engine):
        with monkeypatch.context() as owner:
            owner.setenv(disks.FLOOR_VARIABLE, "0")
            engine.leave(free)
            said = installation.homeport("up", "--yes", cwd=application, returncode=1).stderr
        assert "Traceback" not in said
        assert disks.FULL in said.lower()
        assert "homeport registry prune" in said
        engine.grow()
        installation.homeport("up", "--yes", cwd=application)
    assert_stands(installation, application)


def assert_stands(installation: InstallationThere, application: Path) -> None:
    assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout
    newest = json.loads(installation.homeport("releases", "--json", cwd=application).stdout)[0]
    assert "succeeded" == newest["result"]
