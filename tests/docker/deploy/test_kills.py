"""Killed at moments chosen by chance: nobody who uses the application notices, and the same command goes on."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.interruption import HOST, PATHS, Stage, kill_all
from tests.support.load import Load

pytestmark = pytest.mark.docker
SEED = int(os.environ.get("HOMEPORT_SEED", "20261125"))
FEW, MANY = 4, 200
PAIR, PROMOTED = "pair", "staging.pair.localhost"
WATCHED = {HOST: tuple(PATHS.values()), PROMOTED: ("/",)}
ENDED = 0  # the kill came too late


@dataclass(frozen=True)
class Run:
    """A command line with something to do in a folder, and the version that each watched host serves after it."""

    arguments: tuple[str, ...]
    folder: Path
    versions: dict[str, str]


def up(stage: Stage) -> Run:
    fresh = Stage(stage.installation, stage.folder)
    fresh.write(fresh.new, START_DELAY="0.3")
    return Run(("up", "--yes"), stage.folder, _serving(stage) | {HOST: fresh.new})


def rollback(stage: Stage) -> Run:
    """To the release that serves now, from one that is newer."""
    now = next(one for one in stage.installation.releases(stage.folder) if one["result"] == "succeeded")
    versions = _serving(stage)
    newer = up(stage)
    stage.installation.homeport(*newer.arguments, cwd=newer.folder)
    return Run(("rollback", "home", str(now["number"]), "--yes"), stage.folder, versions)


def promote(stage: Stage) -> Run:
    """Another application's, so that the first one is a bystander, as this one is of the other verbs."""
    folder, version = stage.folder.parent / PAIR, uuid.uuid4().hex[:6]
    _write_pair(folder, version)
    stage.installation.homeport("up", "dev", "--yes", cwd=folder)
    return Run(("promote", "dev", "staging", "--yes"), folder, _serving(stage) | {PROMOTED: version})


def setup(stage: Stage) -> Run:
    """Of a base that has lost its registry, and whose gateway has to be replaced."""
    client, instance = stage.installation.client, stage.installation.instance
    client.remove_container(f"{instance}-registry", force=True)
    client.update_container(f"{instance}-gateway", mem_limit=200 << 20, memswap_limit=200 << 20)
    return Run(("setup", "--yes"), stage.installation.folder / "infrastructure", _serving(stage))


VERBS: tuple[Callable[[Stage], Run], ...] = (up, rollback, promote, setup)


def _serving(stage: Stage) -> dict[str, str]:
    return {host: stage.installation.get(host).body.strip() for host in WATCHED}


def _write_pair(folder: Path, version: str) -> None:
    targets = {name: {"kind": "docker", "hosts": [f"{name}.pair.localhost"]} for name in ("dev", "staging")}
    services = {"api": {"route": "/", "environment": {"VERSION": version}}}
    write_manifest(folder, PAIR, services=services, targets=targets)
    dockerfile = folder / "api" / "Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text().partition('ENV RELEASE')[0]}ENV RELEASE={version}\n")


@dataclass
class Writer:
    """Inserts rows one by one; `acknowledged` are those whose commit the server has confirmed."""

    installation: Installation
    database: str
    acknowledged: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Writer]:
        thread = threading.Thread(target=self._write_on)
        thread.start()
        try:
            yield self
        finally:
            self.ended.set()
            thread.join()

    def _write_on(self) -> None:
        psql = ["psql", "-XqAt", "-U", "postgres", self.database]
        command = ["docker", "exec", "-i", f"{self.installation.instance}-postgres", *psql]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdin is not None and client.stdout is not None
            while not self.ended.wait(0.05):
                client.stdin.write("INSERT INTO things (name) VALUES ('kept') RETURNING 'done';\n")
                client.stdin.flush()
                self.acknowledged += client.stdout.readline() == "done\n"


@pytest.fixture(scope="module")
def stage(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Two applications whose requests are watched, one of them on the target that is promoted to, and beside them one
    whose rows are."""
    place = tmp_path_factory.mktemp("kills")
    installation.homeport("up", "--yes", cwd=probe_application(place, "rows", database=True, services={"api": {}}))
    pair = probe_application(place, PAIR)
    _write_pair(pair, "first")
    installation.homeport("up", "staging", "--yes", cwd=pair)
    made = Stage(installation, probe_application(place))
    made.write(made.old)
    made.up()
    return made


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kills", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_kill_at_any_moment_is_not_noticed(stage: Stage, kills: int) -> None:
    """No request fails, no acknowledged row is lost, and the same command afterwards brings the new version."""
    chance = random.Random(SEED)
    seconds = {verb: _seconds(stage, verb(stage)) for verb in VERBS}
    failures = []
    with Writer(stage.installation, "rows_home").running() as writer:
        for number in range(kills):
            verb = VERBS[number % len(VERBS)]
            moment = chance.uniform(0, seconds[verb])
            called = f"kill {number + 1}: {verb.__name__} after {moment:.2f} of {seconds[verb]:.1f} s, seed {SEED}"
            try:
                _kill_and_go_on(stage, verb(stage), moment, called)
            except (AssertionError, subprocess.TimeoutExpired) as failure:  # what the others find is worth knowing too
                print(f"failed: {failure}", flush=True)
                failures.append(called)
    assert [] == failures
    kept = int(stage.installation.psql("SELECT count(*) FROM things WHERE name = 'kept'", "rows_home"))
    assert 0 < writer.acknowledged <= kept


def _seconds(stage: Stage, run: Run) -> float:
    started = time.monotonic()
    stage.installation.homeport(*run.arguments, cwd=run.folder)
    return time.monotonic() - started


def _kill_and_go_on(stage: Stage, run: Run, moment: float, called: str) -> None:
    print(called, flush=True)
    with ExitStack() as loads:
        http = stage.installation.http
        watched = [loads.enter_context(Load(http, host, paths).running()) for host, paths in WATCHED.items()]
        running = stage.start(*run.arguments, cwd=run.folder)
        time.sleep(moment)
        expected = kill_all(running)
        assert running.wait() in (expected, ENDED), f"{called}\n{running.output}"
        stage.installation.homeport(*run.arguments, cwd=run.folder)
    failures = {load.host: load.failures for load in watched if load.failures or not load.answers}
    assert {} == failures, f"{called}\n{running.output}"
    again = stage.installation.homeport(*run.arguments, cwd=run.folder).stdout
    assert again.startswith("Nothing to do"), f"{called}\n{again}"
    _assert_serves_whole(stage, run.versions)


def _assert_serves_whole(stage: Stage, versions: dict[str, str]) -> None:
    """On every watched path: a rollback is not what its sources say, so no plan is asked for."""
    installation = stage.installation
    for host, paths in WATCHED.items():
        assert [versions[host]] * len(paths) == [installation.get(host, path).body.strip() for path in paths], host
    ready = [slot.backend for slot in stage.slots() if slot.is_ready]
    assert len(ready) == len(set(ready))
    assert len(PATHS) == len(installation.containers("probe"))
    assert 2 == len(installation.containers(PAIR))  # one of each target
