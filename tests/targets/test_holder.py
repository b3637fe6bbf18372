"""Who holds a lock: gone, or still there."""

import os
import subprocess
import sys

import pytest

from homeport.targets.holder import has_ended

MINE = f"ana@laptop pid {os.getpid()}"


def _ended() -> int:
    """The process id of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_process_that_is_gone_has_ended() -> None:
    """What it left running is then waited for."""
    assert has_ended(f"ana@laptop pid {_ended()} since 14:02", MINE)


@pytest.mark.parametrize(
    "holder", [f"ana@laptop pid {os.getpid()} since 14:02", f"ana@tower pid {2**22} since 14:02", "someone", ""]
)
def test_who_may_be_there_has_not_ended(holder: str) -> None:
    """A process that runs, one of another machine, and a name that says no process, are left alone."""
    assert not has_ended(holder, MINE)
