"""How things are shown."""

import subprocess
import sys

TELLING = "import sys\nfrom homeport.cli.show import tell\nfor _ in range(50): tell('x' * 4096)\nsys.exit(7)"


def test_progress_that_nobody_reads_stops_nothing() -> None:
    """`homeport up 2>&1 | head -1` goes on to its end: a release is not cut off by its reader."""
    process = subprocess.Popen([sys.executable, "-c", TELLING], stderr=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.close()
    assert 7 == process.wait(timeout=30)
