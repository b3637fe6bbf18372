import stat
import tempfile
from pathlib import Path

import pytest

from homeport import sockets


@pytest.mark.parametrize(("name", "is_there"), [("t", True), ("t" * 90, False)])
def test_a_path_is_short_wherever_temporary_files_are(
    monkeypatch: pytest.MonkeyPatch, name: str, is_there: bool
) -> None:
    """A long TMPDIR (a CI job's, a Mac's) is no reason for `Failed to bind`."""
    given = Path(tempfile.mkdtemp(dir="/tmp", prefix="t")) / name
    given.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(given))
    folder = sockets.make_folder()
    try:
        assert is_there == folder.is_relative_to(given)
        assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
        assert 107 - len("/provider") > len(str(folder))
    finally:
        folder.rmdir()
        given.rmdir()
        given.parent.rmdir()
