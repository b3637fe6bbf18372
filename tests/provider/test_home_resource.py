"""What a person is told when a resource fails with an error that no driver foresaw."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
from tf.utils import Diagnostics

from homeport.errors import HomeportError, HostUnreachable
from homeport.provider.network import NetworkResource
from homeport.provider.provider import HomeportProvider


class Failing(NetworkResource):
    def __init__(self, error: Exception) -> None:
        home = SimpleNamespace(called="this machine")
        drivers = SimpleNamespace(home=home)
        provider = HomeportProvider(lambda host, instance: cast(Any, drivers))
        provider.configure_provider(Diagnostics(), {"host": None, "instance": None, "region": None, "account": None})
        super().__init__(provider)
        self.error = error

    def make(self, planned: dict[str, Any]) -> dict[str, Any]:
        raise self.error


def failure(error: Exception) -> HomeportError:
    resource = Failing(error)
    context = SimpleNamespace(diagnostics=SimpleNamespace(add_error=lambda message, detail: None))
    assert resource.create(cast(Any, context), {"name": "edge"}) is None
    return resource.provider.failures[0]


def test_an_engine_that_ends_is_told_in_a_sentence() -> None:
    """Not by the traceback of the library that asked it."""
    told = failure(requests.ConnectionError("('Connection aborted.', ConnectionRefusedError(111))"))
    assert isinstance(told, HostUnreachable)
    assert "The Docker engine of this machine stopped answering." == told.message
    assert "Traceback" not in str(told)


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("y")])
def test_a_fault_of_ours_keeps_its_traceback(error: Exception) -> None:
    """Whoever reports it has what it takes."""
    assert "Traceback" in failure(error).detail
