"""A full disk, local and over ssh."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.errors import HomeportError
from homeport.host import Host, connect

pytestmark = pytest.mark.docker


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB. Needs root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.fixture(params=["local", "ssh"])
def host(request: pytest.FixtureRequest, logged_in: Host) -> Host:
    return connect("local") if request.param == "local" else logged_in


def test_a_write_that_does_not_fit_changes_nothing(host: Host, small_disk: Path) -> None:
    """The old file stays, nothing is left beside it, and what follows works."""
    host.files.write(f"{small_disk}/state", b"old")

    with pytest.raises(HomeportError, match=r"state on .* cannot be written: No space left on device") as refused:
        host.files.write(f"{small_disk}/state", os.urandom(8 << 20))

    assert host.files.read(f"{small_disk}/state") == b"old"
    assert [path.name for path in small_disk.iterdir()] == ["state"]
    assert "Free some space" in refused.value.next_step
    host.files.write(f"{small_disk}/state", b"new")
    assert host.files.read(f"{small_disk}/state") == b"new"
