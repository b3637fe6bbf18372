"""What a killed Terraform leaves running is ended, and nothing else."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.terraform.orphans import PLUGIN, end_orphans
from tests.support.running import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has open")
STARTED = """
import subprocess, sys
lock = open("lock", "w")
print(subprocess.Popen(["{plugin}", "60"], pass_fds=[lock.fileno()]).pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def terraform(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that leads a session, and has started a plugin which inherited a lock."""
    plugin = tmp_path / f"{PLUGIN}sleep"
    shutil.copy("/bin/sleep", plugin)
    words = [sys.executable, "-c", STARTED.format(plugin=plugin)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, cwd=tmp_path, text=True, start_new_session=True, **pipes) as process:
        yield process
        process.kill()


def _plugin(terraform: subprocess.Popen[str]) -> Path:
    assert terraform.stdout is not None
    return Path(f"/proc/{terraform.stdout.readline().strip()}/exe")


def _works(plugin: Path) -> bool:
    try:
        return bool(plugin.readlink().name)
    except OSError:
        return False


def test_the_plugin_of_a_killed_terraform_is_ended(terraform: subprocess.Popen[str], tmp_path: Path) -> None:
    """While its Terraform works it is left alone, and one that has another lock always is."""
    plugin = _plugin(terraform)
    end_orphans(tmp_path / "lock")
    before = _works(plugin)
    terraform.kill()
    terraform.wait()
    end_orphans(tmp_path / "another")
    elsewhere = _works(plugin)
    end_orphans(tmp_path / "lock")
    wait_until(lambda: not _works(plugin), "the end of the plugin")
    assert (True, True) == (before, elsewhere)
