"""The order in which files of tests start: the last one decides when the whole run ends."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent


def test_a_file_that_takes_minutes_starts_first() -> None:
    """Whatever comes before it by name; within the file the order stays."""
    before, long = TESTS / "aws" / "test_ledger.py", TESTS / "aws" / "test_production.py"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(before), str(long)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=TESTS.parent).stdout
    files = [line.split("::")[0] for line in said.splitlines() if "::" in line]
    names = [line.split("::")[1] for line in said.splitlines() if "test_production.py::" in line]
    assert ["tests/aws/test_production.py", "tests/aws/test_ledger.py"] == list(dict.fromkeys(files))
    assert names == sorted(names, key=long.read_text().index)
