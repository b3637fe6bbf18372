import pytest

from homeport.home.container.replacing import starts_first
from homeport.home.container.spec import ContainerSpec


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (ContainerSpec("gateway", "haproxy", port=8080), True),
        (ContainerSpec("front", "haproxy", publish=("127.0.0.1:80:8080",)), False),
        (ContainerSpec("registry", "registry", ip="172.31.0.3"), False),
    ],
)
def test_what_only_one_can_have_stops_first(spec: ContainerSpec, expected: bool) -> None:
    """A port of the server, an address."""
    assert expected == starts_first(spec)
