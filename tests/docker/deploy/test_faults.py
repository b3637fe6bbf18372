"""What goes wrong around a release: parts of the base that go, records that are lost, a full disk, a wrong clock.

The old release serves throughout, no row is lost, and the next command needs no help.
"""

import http.client
import json
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.interruption import HOST, PATHS, Stage, assert_whole, building, switching
from tests.support.load import Load
from tests.support.pseudo_terminal import in_terminal
from tests.support.running import Running, wait_until

pytestmark = pytest.mark.docker
PAGE = 4096  # bytes that the smallest file takes
PUSH_RETRIES = 180.0  # seconds: the engine tries a push again and again before it gives up


@pytest.fixture(scope="module")
def folder(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return probe_application(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def stage(installation: Installation, folder: Path) -> Stage:
    """The old version, released."""
    made = Stage(installation, folder)
    made.write(made.old)
    made.up()
    return made


@contextmanager
def nobody_notices(stage: Stage) -> Iterator[None]:
    """Every request in the meantime is answered, by the old version or the new."""
    with Load(stage.installation.http, HOST, tuple(PATHS.values())).running() as load:
        yield
    assert load.failures == []
    assert load.answers > 0
    assert all(seen <= {stage.old, stage.new} for seen in load.versions.values()), load.versions


def states(stage: Stage) -> list[Path]:
    return sorted((stage.installation.server_folder / "state" / "probe.home").glob("*.tfstate"))


def _truncated(stage: Stage) -> None:
    """As a power cut leaves a file on a disk that lied about it."""
    newest = states(stage)[-1]
    newest.write_bytes(newest.read_bytes()[:100])


def _empty(stage: Stage) -> None:
    states(stage)[-1].write_bytes(b"")


def _all_damaged(stage: Stage) -> None:
    for state in states(stage):
        state.write_bytes(b"\0" * 4096)


def _missing(stage: Stage) -> None:
    shutil.rmtree(stage.installation.server_folder / "state" / "probe.home")


@pytest.mark.parametrize("lose", [_truncated, _empty, _all_damaged, _missing])
def test_a_lost_state_costs_nothing(stage: Stage, lose: Callable[[Stage], None]) -> None:
    """What stands on the server is adopted: a damaged or missing state loses no request and leaves nothing behind."""
    lose(stage)
    stage.write(stage.new)
    with nobody_notices(stage):
        said = stage.up()
    assert ("is damaged: put aside" in said) == (lose is not _missing)
    assert_whole(stage, stage.new)


def test_a_damaged_release_record_is_left_out(stage: Stage) -> None:
    """Every verb goes by the records before it and says which one is damaged; what serves is recorded anew."""
    installation = stage.installation
    stage.write(stage.new)
    stage.up()
    newest = sorted((installation.server_folder / "releases" / "probe.home").glob("*.json"))[-1]
    newest.write_bytes(newest.read_bytes()[:100])
    number = int(newest.stem)
    listed = installation.homeport("releases", "--json", cwd=stage.folder)
    assert f"The record of release {number} is damaged, and left out." in listed.stderr
    assert number - 1 == json.loads(listed.stdout)[0]["number"]
    for verb in (("status",), ("apps",), ("why",), ("doctor",)):
        assert "Traceback" not in installation.homeport(*verb, cwd=stage.folder, returncode=None).stderr
    with nobody_notices(stage):
        stage.up()
    assert number + 1 == installation.releases(stage.folder)[0]["number"]
    assert_whole(stage, stage.new)


@pytest.mark.parametrize("content", [None, b"", b'{"id": "x"}'], ids=["missing", "empty", "not_whole"])
def test_a_lost_base_record_is_written_anew(stage: Stage, content: bytes | None) -> None:
    """`up` says that the base is not whole; `setup` finds what stands, and touches none of it."""
    installation = stage.installation
    record = installation.server_folder / "base.json"
    networks = {name: json.loads(record.read_text())[name] for name in ("edge", "data")}
    before = installation.containers()
    record.unlink()
    if content is not None:
        record.write_bytes(content)
    refused = installation.homeport("up", "--yes", cwd=stage.folder, returncode=1)
    assert "Run: homeport setup" in refused.stderr
    with nobody_notices(stage):
        installation.setup()
    assert networks == {name: json.loads(record.read_text())[name] for name in ("edge", "data")}
    assert before == installation.containers()
    assert_whole(stage, stage.old)


def test_the_registry_goes_during_a_build(stage: Stage) -> None:
    """The release fails with the registry's name in it, and goes through once the registry is back."""
    registry = f"{stage.installation.instance}-registry"
    with nobody_notices(stage):
        with building(stage) as running:
            stage.installation.client.kill(registry)
            assert 1 == running.wait(PUSH_RETRIES)
        assert "registry" in running.output
        stage.installation.client.start(registry)
        stage.up()
    assert_whole(stage, stage.new)


@pytest.mark.parametrize(
    "is_removed", [pytest.param(False, marks=pytest.mark.long, id="stopped"), pytest.param(True, id="removed")]
)
def test_the_registry_goes_between_the_plan_and_the_pull(stage: Stage, is_removed: bool) -> None:
    """The image is named with the next step, the old release serves; `setup` brings the registry back, `up` the new."""
    installation = stage.installation
    registry = f"{installation.instance}-registry"
    dockerfile = (
        stage.folder / "api" / "Dockerfile"
    )  # an engine keeps the manifests of images that it has pulled before
    dockerfile.write_text(f"{dockerfile.read_text()}ENV BUILT={uuid.uuid4().hex}\n")
    stage.up()
    stage.write(stage.new)
    command = installation.command("up")
    with nobody_notices(stage):
        with in_terminal(command, cwd=stage.folder, environment=installation.environment(), columns=400) as terminal:
            terminal.shows("Apply this to home?")
            installation.remove_images()
            installation.client.stop(registry)
            if is_removed:
                installation.client.remove_container(registry)
            terminal.types("y\n")
            assert 1 == terminal.wait(), terminal.shown.decode()
            said = terminal.shown.decode()
        assert f"Image 127.0.0.1:{installation.registry}/api/probe-api@sha256:" in said
        assert "See whether the registry runs, and put it right, by: homeport setup" in said
        assert "goes on serving" in said
        assert stage.old == installation.get(HOST).body.strip()
        installation.setup()
        stage.up()
    assert_whole(stage, stage.new)


def test_the_gateway_goes_in_the_middle_of_a_switch(stage: Stage) -> None:
    """Nobody is served while it is away; back again it serves one whole release, and the next `up` the new one."""
    gateway = f"{stage.installation.instance}-gateway"
    with switching(stage) as running:
        stage.installation.client.kill(gateway)
    assert 1 == running.wait()
    stage.installation.client.start(gateway)
    # The engine accepts on the port before HAProxy listens.
    wait_until(lambda: is_answering(stage), "an answer of the gateway")
    with nobody_notices(stage):
        stage.up()
    assert_whole(stage, stage.new)


def is_answering(stage: Stage) -> bool:
    try:
        return stage.installation.get(HOST).status == 200
    except (OSError, http.client.HTTPException):
        return False


def test_postgres_goes_during_a_migration(installation: Installation, tmp_path: Path) -> None:
    """The old release serves, every row that was acknowledged is there, and the migration runs whole afterwards."""
    folder = probe_application(tmp_path, "rows", database=True)
    installation.homeport("up", "--yes", cwd=folder)
    installation.psql("INSERT INTO things (name) SELECT 'row ' || n FROM generate_series(1, 500) n", "rows_home")
    (folder / "migrations" / "V2__slow.sql").write_text(
        "ALTER TABLE things ADD COLUMN seen int;\nUPDATE things SET seen = 1;\nSELECT pg_sleep(3);\n"
    )
    with Load(installation.http, "rows.localhost", ("/",)).running() as load:
        running = Running(installation.start("up", "--yes", cwd=folder))
        running.wait_for("Flyway runs")
        _wait_until_it_sleeps(installation)
        installation.client.kill(f"{installation.instance}-postgres")
        assert 1 == running.wait(), running.output
        installation.client.start(f"{installation.instance}-postgres")
        installation.homeport("up", "--yes", cwd=folder)
    assert [] == load.failures
    installation.homeport("down", "--yes", cwd=folder)
    assert "500|500" == installation.psql("SELECT count(*), sum(seen) FROM things", "rows_home")


def _wait_until_it_sleeps(installation: Installation) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3)%' AND pid <> pg_backend_pid()"
    wait_until(lambda: installation.psql(asked) != "0", "the migration's sleep")


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """The folder on a file system of its own on which nothing is free. Needs root."""
    kept = folder.with_name(f"{folder.name}.kept")
    shutil.copytree(folder, kept)
    used = sum(-(-file.stat().st_size // PAGE) for file in kept.iterdir())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={(used + 1) * PAGE}", "none", folder], check=True)
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield
        for file in kept.iterdir():
            file.unlink()
        shutil.copytree(folder, kept, dirs_exist_ok=True)
    finally:
        subprocess.run(["umount", folder], check=True)
    shutil.rmtree(folder)
    kept.rename(folder)


def test_the_disk_is_full_where_the_state_is_kept(stage: Stage) -> None:
    """Nothing is lost that was done: the state that could not be kept is taken up when there is room again."""
    stage.write(stage.new)
    with nobody_notices(stage):
        with full_disk(stage.installation.server_folder / "state" / "probe.home"):
            failed = stage.installation.homeport("up", "--yes", cwd=stage.folder, returncode=1)
        assert "No space left on device" in failed.stderr
        stage.up()
    assert_whole(stage, stage.new)


def test_the_clock_is_set_back(stage: Stage) -> None:
    """A release made at a clock that is a year behind is the newest all the same: numbers order them, not times."""
    stage.write(stage.new)
    backwards = ["faketime", "-f", "-365d", *stage.installation.command("up", "--yes")]
    with nobody_notices(stage):
        done = subprocess.run(
            backwards, cwd=stage.folder, env=stage.installation.environment(), capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    newest, before, *_ = stage.installation.releases(stage.folder)
    assert newest["started"] < before["started"]
    assert_whole(stage, stage.new)
