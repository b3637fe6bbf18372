from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from homeport.errors import EngineFailed
from homeport.home import network


class Engine:
    """One that refuses to remove a network, in its own words."""

    def __init__(self, said: str) -> None:
        self.said = said

    def inspect_network(self, name: str) -> dict[str, Any]:
        return {"Id": "a1", "Containers": {}}

    def remove_network(self, found: str) -> None:
        raise APIError("403", explanation=self.said)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("error while removing network: network h-data id a1 has active endpoints", "Restart Docker"),
        ("network h-data has 1 active endpoint", ""),
    ],
)
def test_an_engine_that_does_not_let_go_of_an_empty_network_is_told(said: str, advice: str) -> None:
    """Its own count of containers may stay too high; only a restart puts it right."""
    home: Any = SimpleNamespace(docker=Engine(said), network=lambda name: f"h-{name}")
    with pytest.raises(EngineFailed, match="Network h-data could not be removed") as caught:
        network.remove(home, "data")
    assert said == caught.value.detail
    assert advice in caught.value.next_step
    assert bool(advice) == bool(caught.value.next_step)
