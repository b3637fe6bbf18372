"""How things are shown."""

import subprocess
import sys

import pytest

from homeport.cli.show import folded

TELLING = "import sys\nfrom homeport.cli.show import tell\nfor _ in range(50): tell('x' * 4096)\nsys.exit(7)"


def test_progress_that_nobody_reads_stops_nothing() -> None:
    """`homeport up 2>&1 | head -1` goes on to its end: a release is not cut off by its reader."""
    process = subprocess.Popen([sys.executable, "-c", TELLING], stderr=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.close()
    assert 7 == process.wait(timeout=30)


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        (None, "  + database new: " + "a word " * 9 + "end"),
        (64, f"  + database new: {'a word ' * 6}a\n{' ' * 18}word a word a word end"),
        (9, f"  + database new: {'a word ' * 5}a\n{' ' * 18}word a word a word a word end"),
    ],
)
def test_a_long_line_of_a_plan_goes_on_below_itself(columns: int | None, wanted: str) -> None:
    """What is of one line stays to be seen as that, at any width of a terminal; a log is not folded."""
    assert wanted == folded("  + database new: ", "a word " * 9 + "end", columns)
