"""scripts/bootstrap installs what the lock lists, and nothing else."""

import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


def names(requirements: list[str]) -> set[str]:
    """Normalized as the Python packaging specifications say, section "Names and normalization"."""
    found = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in found if name}


def test_everything_that_the_package_asks_for_is_in_the_lock() -> None:
    """A dependency that is added without renewing the lock is missing on every machine but its author's."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert set() == names(asked) - names((REPOSITORY / "requirements.lock").read_text().splitlines())
    embedded = project["project"]["optional-dependencies"]["terraform"]
    assert set() == names(embedded) - names((REPOSITORY / "requirements-terraform.lock").read_text().splitlines())
