"""One build at a time, and nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

from homeport.errors import HomeportError
from homeport.events import Event, ignore
from homeport.machine import root
from homeport.machine.workshop import workshop

HOLD = """
import subprocess, sys
from pathlib import Path
from homeport.events import ignore
from homeport.machine.workshop import workshop
with workshop(ignore, Path(sys.argv[1])) as place:
    (place.folder / "half").write_text("made")
    subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[place.lock])
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_build_left_is_gone_for_the_next(tmp_path: Path) -> None:
    """kill -9 leaves files; the next build starts with an empty folder."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.wait()
    assert (tmp_path / "images" / "work" / "half").exists()
    with workshop(ignore, tmp_path) as place:
        assert list(place.folder.iterdir()) == []


def test_lock_lasts_as_long_as_a_command_of_a_killed_build(tmp_path: Path) -> None:
    """The folder of a build whose mmdebstrap still runs is not emptied under it; the wait is said."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.wait()
    said: list[Event] = []
    with workshop(said.append, tmp_path):
        assert [event.subject for event in said] == ["lock"]


def test_folder_is_removed_when_the_build_fails(tmp_path: Path) -> None:
    """A failed build leaves no half-made root on the disk."""
    try:
        with workshop(ignore, tmp_path) as place:
            (place.folder / "half").write_text("made")
            root.run(["false"], held=place.lock)
    except HomeportError as error:
        assert "ended with 1" in error.message
    assert os.listdir(tmp_path / "images") == ["lock"]  # noqa: PTH208 -- names are what is compared
