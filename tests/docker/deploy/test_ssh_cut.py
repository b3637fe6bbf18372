"""A connection that is cut in the middle of `up`: as a kill, the old version serves on and the next run goes on."""

from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT

import pytest

from tests.support.installation import probe_application
from tests.support.interruption import HOST, PATHS, STEPS, Stage, assert_whole
from tests.support.laptop import Laptop
from tests.support.load import Load
from tests.support.running import Running

pytestmark = pytest.mark.docker

ALWAYS = ("building", "switching")


@dataclass
class FarStage(Stage):
    """A stage whose commands run where only the server's sshd is reached."""

    laptop: Laptop = field(kw_only=True)

    def start(self, *arguments: str, cwd: Path | None = None) -> Running:
        return Running(self.laptop.start(*arguments, cwd=cwd or self.folder))


@pytest.fixture(scope="module")
def stage(laptop: Laptop, tmp_path_factory: pytest.TempPathFactory) -> FarStage:
    return FarStage(laptop.installation, probe_application(tmp_path_factory.mktemp("far")), laptop=laptop)


@pytest.mark.parametrize(
    "step", [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.long) for name in STEPS]
)
def test_a_cut_connection_is_a_kill(stage: FarStage, step: str) -> None:
    """The message says what happened and that running again goes on; nothing is lost, and the lock is free at once."""
    stage.old, stage.new = f"old-{step}", f"new-{step}"
    stage.write(stage.old)
    stage.up()
    load = Load(stage.installation.http, HOST, [*PATHS.values()])
    with load.running(), STEPS[step](stage) as running:
        stage.laptop.server.end_sessions()
        running.signal_terraform(SIGCONT)  # a step may have held it
        code = running.wait()
    assert 1 == code, running.output
    assert f"error: The connection to {stage.laptop.server.address} was lost." in running.output
    assert "run the same command again: it goes on where this one stopped" in running.output
    assert "Traceback" not in running.output
    assert [] == load.failures
    assert {stage.installation.get(HOST, path).status for path in PATHS.values()} == {200}
    stage.up()
    assert_whole(stage, stage.new)
