"""What of a running container counts as changed by hand."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from homeport.home.container.engine_arguments import container_port, differences, host_arguments
from homeport.home.container.spec import ContainerSpec

SPEC = ContainerSpec(
    service="api",
    application="notes",
    target="home",
    image="127.0.0.1:5000/api/notes-api@sha256:0",
    environment={"LOG_LEVEL": "info"},
    networks=("edge", "data"),
    port=8000,
    memory=256 << 20,
    cpus=0.25,
)
IMAGE = {"Id": "sha256:1", "Config": {"Env": ["PATH=/usr/bin"]}}
FOUND: dict[str, Any] = {
    "Image": "sha256:1",
    "Config": {"Env": ["PATH=/usr/bin", "LOG_LEVEL=info"], "Cmd": ["serve"], "User": "10001"},
    "HostConfig": {
        "Memory": 256 << 20,
        "NanoCpus": 250_000_000,
        "ReadonlyRootfs": True,
        "Binds": None,
        "CapAdd": None,
    },
    "NetworkSettings": {"Networks": {"h-edge": {}, "h-data": {}}},
}


def _differences(found: Mapping[str, Any]) -> list[str]:
    return differences(SPEC, found, environment=SPEC.environment, image=IMAGE, binds=[], networks=["h-edge", "h-data"])


def test_what_we_made_is_as_it_should_be() -> None:
    """A container that nobody touched has no differences, whatever its image adds."""
    assert _differences(FOUND) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("HostConfig", "Memory"), 1 << 30, "memory limit"),
        (("HostConfig", "NanoCpus"), 0, "CPU limit"),
        (("HostConfig", "ReadonlyRootfs"), False, "read-only root"),
        (("HostConfig", "Binds"), ["/etc:/etc"], "mounts"),
        (("HostConfig", "CapAdd"), ["NET_ADMIN"], "capabilities"),
        (("NetworkSettings", "Networks"), {"h-edge": {}}, "networks"),
        (("Config", "Env"), ["PATH=/usr/bin", "LOG_LEVEL=debug"], "environment LOG_LEVEL"),
        (("Config", "Env"), ["PATH=/usr/bin", "LOG_LEVEL=info", "X=1"], "environment X"),
        (("Image",), "sha256:2", "image"),
    ],
)
def test_each_change_by_hand_is_named(path: tuple[str, ...], value: Any, said: str) -> None:
    """The plan says what was changed, not only that something was."""
    found = deepcopy(FOUND)
    *parents, last = path
    place = found
    for name in parents:
        place = place[name]
    place[last] = value
    assert [said] == _differences(found)


def test_a_container_has_no_more_rights_than_it_needs() -> None:
    """Capabilities are dropped, privileges cannot be gained, the root is read-only, memory is bounded."""
    arguments = host_arguments(SPEC, [], "h-edge")
    assert arguments["cap_drop"] == ["ALL"]
    assert arguments["security_opt"] == ["no-new-privileges"]
    assert True is arguments["read_only"]
    assert arguments["mem_limit"] == arguments["memswap_limit"] == 256 << 20
    assert arguments["pids_limit"] > 0


@pytest.mark.parametrize("published", ["8080:80", "127.0.0.1:8080:80"])
def test_a_published_port_is_composes_short_form(published: str) -> None:
    """The last number is the container's."""
    assert container_port(published) == 80


def test_another_configuration_is_another_hash_and_another_name() -> None:
    """Names of applications' containers end at random; the base's are fixed."""
    assert SPEC.config() != ContainerSpec(service="api", image=SPEC.image).config()
    assert SPEC.new_name("h") != SPEC.new_name("h")
    assert ContainerSpec(service="gateway", image="x").new_name("h") == "h-gateway"
