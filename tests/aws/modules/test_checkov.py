"""The modules for AWS by checkov's rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "checkov"


@pytest.mark.long
def test_the_modules_pass_checkov() -> None:
    """All but what a module leaves out, with its reason; the script installs checkov, which is too heavy for every
    run."""
    done = subprocess.run([SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
