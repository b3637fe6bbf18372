"""Fixtures of the tests that deploy."""

from collections.abc import Iterator

import pytest

from tests.support.installation import Installation
from tests.support.laptop import Laptop
from tests.support.ssh_server import ssh_server


@pytest.fixture(scope="module")
def laptop(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A client of the module's installation that sees nothing of the server but its sshd."""
    with ssh_server(tmp_path_factory.mktemp("server")) as server:
        yield Laptop(installation, server)
