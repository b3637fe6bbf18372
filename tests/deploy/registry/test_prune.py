"""What a prune waits for, with the kernel's own locks."""

from pathlib import Path
from typing import cast

import docker
import pytest

from homeport.deploy.application import Application, load_application
from homeport.deploy.registry.prune import nothing_deploys
from homeport.deploy.ways.home.pruning import images_kept
from homeport.errors import Locked
from homeport.events import ignore
from homeport.home.drivers import Drivers
from homeport.home.home import Home
from homeport.host import LocalHost
from homeport.targets import HomeTarget

MANIFEST = """
name: notes
services: {api: {build: api, port: 8000}}
targets:
  dev: {kind: docker}
  staging: {kind: docker, host: ssh://ana@server}
"""


@pytest.fixture
def target(tmp_path: Path) -> HomeTarget:
    """An installation whose engine is not asked."""
    host = LocalHost()
    engine = cast(docker.APIClient, None)
    return HomeTarget(host, Drivers(Home(host, "t", str(tmp_path / "server"), engine), "ana@laptop pid 1"))


@pytest.fixture
def application(tmp_path: Path) -> Application:
    (tmp_path / "homeport.yaml").write_text(MANIFEST)
    return load_application(tmp_path, "staging", sources=False)


def test_a_promotion_to_another_server_is_not_pruned_under(target: HomeTarget, application: Application) -> None:
    """It is named with who does it; when it has ended nothing is in the way."""
    with (
        images_kept(application, target, ignore),
        pytest.raises(Locked, match="notes is being promoted to staging by ana@laptop"),
        nothing_deploys(target, ignore),
    ):
        pass
    with nothing_deploys(target, ignore):
        pass


def test_a_promotion_keeps_nobody_from_deploying_where_it_comes_from(
    target: HomeTarget, application: Application
) -> None:
    """Its lock is neither that of the target that it is of, nor that of the one of its own name here."""
    with (
        images_kept(application, target, ignore),
        target.lock("notes.dev", "is deployed"),
        target.lock("notes.staging", "is deployed"),
    ):
        pass
