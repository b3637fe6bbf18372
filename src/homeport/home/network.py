"""Docker networks of an installation: `edge` with fixed addresses, `data` with no way out."""

import ipaddress
from dataclasses import dataclass

import docker.types
from docker.errors import APIError, NotFound

from homeport.errors import EngineFailed, Refused, SubnetTaken
from homeport.home.home import Home

MISCOUNTED = "has active endpoints"  # though no container is on it: that was looked at before
OVERLAPS = "overlap"  # "Pool overlaps with other one", or "networks have overlapping IPv4"


@dataclass(frozen=True, slots=True)
class Network:
    id: str
    subnet: str
    internal: bool


def look(home: Home, name: str) -> Network | None:
    """The network as the engine has it; None when it is gone."""
    try:
        found = home.docker.inspect_network(home.network(name))
    except NotFound:
        return None
    return Network(found["Id"], found["IPAM"]["Config"][0]["Subnet"], bool(found["Internal"]))


def ensure(home: Home, name: str, subnet: str, *, internal: bool) -> str:
    """The network of that subnet, made if it is not there; returns its id.

    Fixed addresses are taken from the lower half of the subnet, so the engine gets the upper half for its own.
    """
    present = look(home, name)
    if present is not None:
        if (present.subnet, present.internal) == (subnet, internal):
            return present.id
        remove(home, name)
    upper = list(ipaddress.ip_network(subnet).subnets(prefixlen_diff=1))[1]
    pool = docker.types.IPAMPool(subnet=subnet, iprange=str(upper))
    try:
        made = home.docker.create_network(
            home.network(name),
            driver="bridge",
            ipam=docker.types.IPAMConfig(pool_configs=[pool]),
            internal=internal,
            labels=home.labels(network=name),
        )
    except APIError as error:
        kind = SubnetTaken if OVERLAPS in str(error.explanation) else EngineFailed
        raise kind(
            f"Network {home.network(name)} ({subnet}) could not be made.",
            detail=str(error.explanation or error),
            next_step=f"Choose another subnet in homeport.base.yaml: network.{name}",
        ) from error
    return str(made["Id"])


def remove(home: Home, name: str) -> None:
    """Remove it; no error when it is gone. Raises Refused, naming them, while containers are on it."""
    try:
        found = home.docker.inspect_network(home.network(name))
        attached = sorted(container["Name"] for container in (found.get("Containers") or {}).values())
        if attached:
            raise Refused(
                f"Network {home.network(name)} still has containers: {', '.join(attached)}.",
                next_step="Take their applications down first: homeport down TARGET",
            )
        home.docker.remove_network(found["Id"])
    except NotFound:
        return
    except APIError as error:
        raise _not_removed(home.network(name), str(error.explanation or error)) from error


def _not_removed(network: str, said: str) -> EngineFailed:
    """Source of the miscounting: moby issue 42119."""
    restart = "The engine counts a container on it that is gone. Restart Docker, then run the same command again."
    return EngineFailed(
        f"Network {network} could not be removed.", detail=said, next_step=restart if MISCOUNTED in said else ""
    )
