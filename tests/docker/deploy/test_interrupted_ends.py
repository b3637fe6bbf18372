"""Two commands at once, first releases and `down` that are cut off, and what only a cut-off release made."""

import getpass
import json
import socket
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.interruption import (
    SIGNALS,
    Stage,
    Step,
    all_healthy,
    assert_gone,
    assert_whole,
    creating,
    kill_all,
    switched,
)
from tests.support.running import wait_until

pytestmark = [pytest.mark.docker, pytest.mark.minutes(4)]


@pytest.fixture(scope="module")
def folder(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return probe_application(tmp_path_factory.mktemp("ends"))


@pytest.fixture
def stage(installation: Installation, folder: Path) -> Stage:
    return Stage(installation, folder)


def test_a_second_run_is_refused_and_names_the_first(stage: Stage) -> None:
    """Two releases of one application never run at once; who comes second reads who is first and since when."""
    with all_healthy(stage) as first:
        me = f"{getpass.getuser()}@{socket.gethostname()} pid {first.process.pid} since "
        for verb in ("up", "plan"):
            refused = stage.installation.homeport(verb, cwd=stage.folder, returncode=1)
            assert f"error: probe is being deployed to home by {me}" in refused.stderr
    assert first.wait() == 0, first.output
    assert_whole(stage, stage.new)


def test_a_terraform_that_outlived_its_command_is_waited_for(stage: Stage) -> None:
    """The lock is Terraform's too: the next run says for whom it waits, and goes on when that has ended."""
    with all_healthy(stage) as killed:
        killed.signal_command(SIGKILL)
        killed.wait()
        following = stage.start("up", "--yes")
        following.wait_for(f"pid {killed.process.pid} since")
        following.wait_for("was killed; waits until its Terraform has ended")
    assert following.wait() == 0, following.output
    assert_whole(stage, stage.new)


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("step", [creating, switched])
def test_a_first_release_that_is_cut_off_is_completed(stage: Stage, step: Step, signal: str) -> None:
    """Without an old version too, the next `up` comes to its end."""
    stage.write(stage.old)
    stage.installation.homeport("down", "--yes", cwd=stage.folder)
    with step(stage) as running:
        SIGNALS[signal](running)
    running.wait()
    stage.up()
    assert_whole(stage, stage.new)


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_first_release_that_is_cut_off_is_taken_back_by_down(stage: Stage, signal: str) -> None:
    """What no state knows of is removed by `down` as well: containers, and routes."""
    stage.write(stage.old)
    stage.installation.homeport("down", "--yes", cwd=stage.folder)
    with switched(stage) as running:
        SIGNALS[signal](running)
    running.wait()
    stage.installation.homeport("down", "--yes", cwd=stage.folder)
    assert_gone(stage)


def test_a_route_that_only_a_cut_off_release_made_goes_with_it(stage: Stage) -> None:
    """The old manifest put back takes away a route that it does not have."""
    stage.write(stage.old)
    before = stage.manifest()
    stage.up()
    third = {"third": {"route": "/third", "environment": {"STOP_DELAY": "0"}}}
    services = json.loads(before)["services"] | third
    write_manifest(stage.folder, services={name: {**one, "start_period": None} for name, one in services.items()})
    running = stage.start("up", "--yes")
    running.wait_for("new requests go to")
    kill_all(running)
    running.wait()
    (stage.folder / "homeport.yaml").write_text(before)
    stage.up()
    assert_whole(stage, stage.old)


@pytest.mark.parametrize("signal", SIGNALS)
def test_down_that_is_cut_off_is_completed(stage: Stage, signal: str) -> None:
    """`down` again takes the rest."""
    stage.write(stage.old, STOP_DELAY="1")
    stage.up()
    old = stage.installation.containers("probe")
    running = stage.start("down", "--yes")
    wait_until(lambda: any(b"stops" in stage.installation.client.logs(one) for one in old.values()), "a removal")
    SIGNALS[signal](running)
    running.wait()
    stage.installation.homeport("down", "--yes", cwd=stage.folder)
    assert_gone(stage)
