"""Fixtures of the tests that need a real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A base of its own for each module of tests, removed with all that was deployed on it."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    try:
        made.setup()
        yield made
    finally:
        made.remove()


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder for a test's applications."""
    return tmp_path
