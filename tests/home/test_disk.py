"""How much room a disk has: df's words, and the refusal before it is filled."""

from pathlib import Path

import pytest

from homeport.errors import HomeportError
from homeport.home import disk
from homeport.host.local import LocalHost

DF = """\
  1B-blocks        Avail   Inodes   IFree File
270553174016 82678120448 16777216 16000000 /var/lib/docker
  1000000000           0        -        - /mnt/second disk
"""


def test_df_is_read_by_path() -> None:
    """A path may have spaces, and a file system no number of inodes."""
    found = disk.parse(DF)
    assert disk.Space("/var/lib/docker", 270553174016, 82678120448, 16777216, 16000000) == found["/var/lib/docker"]
    assert disk.Space("/mnt/second disk", 10**9, 0, 0, 0) == found["/mnt/second disk"]


def test_the_question_fits_the_answer(tmp_path: Path) -> None:
    """What this machine's own df says is read; a path that is not there is left out."""
    missing = str(tmp_path / "missing")
    found = disk.spaces(LocalHost(), [str(tmp_path), missing])
    assert [str(tmp_path)] == list(found)
    assert 0 < found[str(tmp_path)].free < found[str(tmp_path)].size


def test_a_floor_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable and what is wrong with it."""
    monkeypatch.setenv(disk.FLOOR_VARIABLE, "5G")
    with pytest.raises(HomeportError, match="HOMEPORT_DISK_FLOOR should be a number of gigabytes, not '5G'"):
        disk.floor()


def test_only_a_full_disk_is_answered_with_what_can_go() -> None:
    """Another failure of a pull has nothing to do with the disk."""
    assert "docker builder prune" in disk.when_full("write /x: no space left on device")
    assert "" == disk.when_full("manifest unknown")
