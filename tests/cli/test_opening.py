"""What a verb imports, and when."""

import subprocess
import sys

import pytest

from homeport.cli.opening import RELEASING


def imported(*modules: str) -> set[str]:
    """What a fresh Python has after importing them."""
    script = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_a_release_at_home_imports_nothing_of_aws() -> None:
    """Who has a server at home does not wait for what speaks with AWS."""
    found = imported("homeport.cli.up", "homeport.deploy.up", "homeport.targets.home", *RELEASING)
    assert set() == {name for name in found if name.startswith(("homeport.aws", "homeport.deploy.ways.cloud", "boto"))}


def test_a_daily_verb_at_home_imports_nothing_of_aws() -> None:
    """Nor does who looks at a log."""
    found = imported("homeport.cli.logs", "homeport.deploy.daily.home", "homeport.targets.home")
    assert set() == {name for name in found if name.startswith(("homeport.aws", "homeport.deploy.daily.cloud", "boto"))}


@pytest.mark.parametrize("heavy", ["docker", "grpc", "homeport.targets.home"])
def test_a_manifest_is_read_before_anything_heavy_is_imported(heavy: str) -> None:
    """The login to a server begins right after it, and those are imported while it is waited for."""
    assert heavy not in imported("homeport.cli.up", "homeport.deploy.application", "homeport.targets")
