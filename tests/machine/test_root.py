"""What is run as root."""

from pathlib import Path

import pytest

from homeport.machine.root import was_interrupted


@pytest.mark.parametrize(("names", "interrupted"), [((), False), (("tmp.i",), False), (("tmp.i", "0004"), True)])
def test_an_interrupted_dpkg_is_seen_as_apt_sees_it(tmp_path: Path, names: tuple[str, ...], interrupted: bool) -> None:
    """Only files of digits count; the command that goes on is shown to the person only where it is needed."""
    for name in names:
        (tmp_path / name).touch()
    assert interrupted == was_interrupted(tmp_path)
