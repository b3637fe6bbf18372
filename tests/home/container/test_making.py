"""What the engine's refusal to start a container means."""

import pytest

from homeport.errors import CandidateFailed, PortTaken
from homeport.home.container import ContainerSpec
from homeport.home.container.making import refused_start

GATEWAY = ContainerSpec("gateway", "haproxy", publish=("127.0.0.1:80:8080",))
ENDPOINT = "driver failed programming external connectivity on endpoint homeport-gateway (3f2a): "


@pytest.mark.parametrize(
    "said",
    [
        f"{ENDPOINT}Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: address already in use",
        f"{ENDPOINT}Bind for 127.0.0.1:80 failed: port is already allocated",
        f"{ENDPOINT}failed to bind host port for 127.0.0.1:80:172.18.0.2:8080/tcp: address already in use",
        "failed to set up container networking: "
        f"{ENDPOINT}failed to bind host port 127.0.0.1:80/tcp: address already in use",
    ],
    ids=["20-a-program", "a-container", "28-a-program", "29-a-program"],
)
def test_a_taken_port_is_known_by_the_engines_words(said: str) -> None:
    """They differ with the engine's version and with who has the port; the refusal has them whole."""
    refused = refused_start(GATEWAY, said)
    assert isinstance(refused, PortTaken)
    assert said == refused.detail


@pytest.mark.parametrize(
    "said",
    [
        "Address already in use",
        f"{ENDPOINT}failed to bind host port for 192.0.2.1:80:172.18.0.2:8080/tcp: cannot assign requested address",
        'exec: "serve": executable file not found in $PATH',
    ],
    ids=["address-of-the-container", "address-of-the-server", "command"],
)
def test_any_other_refusal_is_the_candidates(said: str) -> None:
    """Another port would not help."""
    assert isinstance(refused_start(GATEWAY, said), CandidateFailed)


def test_who_publishes_nothing_has_no_port_taken() -> None:
    """The words are then about something else."""
    said = "listen unix /run/x.sock: bind: address already in use"
    assert isinstance(refused_start(ContainerSpec("api", "api"), said), CandidateFailed)


def test_a_full_disk_has_its_own_next_step() -> None:
    """The engine says it when it makes a container as when it pulls an image: what can go is said."""
    refused = refused_start(GATEWAY, "mkdir /var/lib/docker/overlay2/3f2a-init: no space left on device")
    assert "homeport registry prune" in refused.next_step
