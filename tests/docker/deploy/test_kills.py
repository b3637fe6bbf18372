"""Killed at moments chosen by chance: nobody who uses the application notices, and the same command goes on."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.interruption import HOST, PATHS, Stage, assert_whole, kill_all
from tests.support.load import Load

pytestmark = pytest.mark.docker
SEED = int(os.environ.get("HOMEPORT_SEED", "20261125"))
FEW, MANY = 4, 200
ENDED = 0  # the kill came too late


@dataclass(frozen=True)
class Verb:
    """A command line; `prepare` makes something to do for it, and returns the version that serves afterwards."""

    arguments: tuple[str, ...]
    prepare: Callable[[Stage], str]
    in_infrastructure: bool = False

    def folder(self, stage: Stage) -> Path:
        return stage.installation.folder / "infrastructure" if self.in_infrastructure else stage.folder


def _new_version(stage: Stage) -> str:
    fresh = Stage(stage.installation, stage.folder)
    fresh.write(fresh.new, START_DELAY="0.3")
    return fresh.new


def _no_registry(stage: Stage) -> str:
    stage.installation.client.remove_container(f"{stage.installation.instance}-registry", force=True)
    return _serving(stage)


def _serving(stage: Stage) -> str:
    return stage.installation.get(HOST).body.strip()


VERBS = {
    "up": Verb(("up", "--yes"), _new_version),
    "setup": Verb(("setup", "--yes"), _no_registry, in_infrastructure=True),
}


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
    """The application whose requests are watched, and beside it one whose rows are."""
    place = tmp_path_factory.mktemp("kills")
    installation.homeport("up", "--yes", cwd=probe_application(place, "rows", database=True, services={"api": {}}))
    made = Stage(installation, probe_application(place))
    made.write(made.old)
    made.up()
    return made


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kills", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_kill_at_any_moment_is_not_noticed(stage: Stage, kills: int) -> None:
    """No request fails, no acknowledged row is lost, and the same command afterwards brings the new version."""
    chance = random.Random(SEED)
    seconds = {name: _seconds(stage, verb) for name, verb in VERBS.items()}
    with Writer(stage.installation, "rows_home").running() as writer:
        for number in range(kills):
            name = list(VERBS)[number % len(VERBS)]
            moment = chance.uniform(0, seconds[name])
            _kill_and_go_on(stage, VERBS[name], moment, f"kill {number + 1}: {name} after {moment:.2f} s, seed {SEED}")
    kept = int(stage.installation.psql("SELECT count(*) FROM things WHERE name = 'kept'", "rows_home"))
    assert 0 < writer.acknowledged <= kept


def _seconds(stage: Stage, verb: Verb) -> float:
    verb.prepare(stage)
    started = time.monotonic()
    stage.installation.homeport(*verb.arguments, cwd=verb.folder(stage))
    return time.monotonic() - started


def _kill_and_go_on(stage: Stage, verb: Verb, moment: float, called: str) -> None:
    print(called, flush=True)
    version = verb.prepare(stage)
    with Load(stage.installation.http, HOST, tuple(PATHS.values())).running() as load:
        running = stage.start(*verb.arguments, cwd=verb.folder(stage))
        time.sleep(moment)
        expected = kill_all(running)
        assert running.wait() in (expected, ENDED), f"{called}\n{running.output}"
        stage.installation.homeport(*verb.arguments, cwd=verb.folder(stage))
    assert load.failures == [], f"{called}\n{running.output}"
    assert_whole(stage, version)
