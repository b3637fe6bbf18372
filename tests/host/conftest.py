"""The hosts that need nothing but this machine: `local`, and the fake for other folders' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.host.contract_commands", "tests.host.contract_files", "tests.host.contract_locks")

from homeport.host import Host, connect  # noqa: E402
from homeport.host.recording import RecordingHost  # noqa: E402


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder on the host, not yet made."""
    return f"{tmp_path}/installation"


@pytest.fixture
def local() -> Iterator[Host]:
    host = connect("local")
    yield host
    host.close()


@pytest.fixture
def recording() -> Host:
    return RecordingHost()
