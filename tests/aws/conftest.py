"""Fixtures of the tests that ask an emulator of AWS. What has no emulator stands in tests/aws/values."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.aws import Endpoints, Session
from homeport.aws.emulator import Running
from homeport.aws.emulator import emulator as running_emulator
from tests.support.images import service_images

VALUES = Path(__file__).parent / "values"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder needs the emulator, so nobody can forget the mark."""
    for item in items:
        if item.path.is_relative_to(VALUES.parent) and not item.path.is_relative_to(VALUES):
            item.add_marker(pytest.mark.aws)


@pytest.fixture(scope="module")
def emulator(request: pytest.FixtureRequest) -> Iterator[Running]:
    """An emulator for each module of tests, on ports of its own; this process's environment leads to it meanwhile.

    A module that says `HAS_AUTH = True` has policies enforced.
    """
    has_auth = getattr(request.module, "HAS_AUTH", False)
    with running_emulator(postgres=service_images().postgres, has_auth=has_auth) as running, running.entered():
        yield running


@pytest.fixture
def session(emulator: Running) -> Session:
    """The account and region of the module's emulator."""
    return Session(emulator.region, emulator.account, Endpoints(emulator.api))
