"""A connection that is cut in the middle of `up`: as a kill, the old version serves on and the next run goes on."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from signal import SIGCONT

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.interruption import HOST, PATHS, STEPS, Stage, assert_whole
from tests.support.load import Load
from tests.support.running import Running
from tests.support.ssh_server import SshServer, ssh_server

pytestmark = pytest.mark.docker

ALWAYS = ("building", "switching")


@dataclass
class FarStage(Stage):
    """A stage whose commands run where only the server's sshd is reached."""

    server: SshServer = field(kw_only=True)

    def start(self, *arguments: str) -> Running:
        """The installation's own command line; what it sees of the server is its sshd."""
        variables = {**self.installation.environment(), **self.server.environment()}
        hidden = self.server.prefix([self.installation.server_folder])
        process = subprocess.Popen(
            [*hidden, *self.installation.command(*arguments)],
            cwd=self.folder,
            env={**variables, "HOMEPORT_HOST": self.server.address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return Running(process)


@pytest.fixture(scope="module")
def stage(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarStage]:
    folder = tmp_path_factory.mktemp("far")
    (folder / "server").mkdir()
    with ssh_server(folder / "server") as server:
        yield FarStage(installation, probe_application(folder), server=server)


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
        stage.server.end_sessions()
        running.signal_terraform(SIGCONT)  # a step may have held it
        code = running.wait()
    assert 1 == code, running.output
    assert f"error: The connection to {stage.server.address} was lost." in running.output
    assert "run the same command again: it goes on where this one stopped" in running.output
    assert "Traceback" not in running.output
    assert [] == load.failures
    assert {stage.installation.get(HOST, path).status for path in PATHS.values()} == {200}
    stage.up()
    assert_whole(stage, stage.new)
