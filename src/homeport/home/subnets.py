"""Choosing the two networks' subnets: neither a route of the server nor a network of its engine may overlap them.

The engine itself accepts a subnet inside the LAN's and would cut those hosts off.
"""

import ipaddress
import json
import zlib
from collections.abc import Iterable

from homeport.errors import Refused
from homeport.home.home import Home

Network = ipaddress.IPv4Network
# High ones of a private range: the engine hands out its own pools from the low end. A /22 has room for 500 containers.
CANDIDATES = [Network(f"172.31.{third}.0/22") for third in range(248, 15, -4)]


def choose(taken: Iterable[Network], *, instance: str) -> str:
    """A free /22, as a CIDR. Raises Refused when there is none.

    Each instance begins to look elsewhere: two that are set up in the same second do not choose the same.
    """
    present = list(taken)
    first = zlib.crc32(instance.encode()) % len(CANDIDATES)
    for candidate in CANDIDATES[first:] + CANDIDATES[:first]:
        if is_free(str(candidate), present):
            return str(candidate)
    raise Refused(
        "No free subnet was found for homeport's networks.",
        next_step="Name two in homeport.base.yaml: network: {edge: 10.77.0.0/24, data: 10.77.1.0/24}",
    )


def is_free(subnet: str, taken: Iterable[Network]) -> bool:
    return not any(Network(subnet).overlaps(other) for other in taken)


def taken(home: Home) -> list[Network]:
    """Every IPv4 route of the server but the default one, and every subnet of its engine's networks."""
    return [*_routes(home), *_engine_networks(home)]


def _routes(home: Home) -> list[Network]:
    output = home.host.run(["ip", "-4", "-j", "route", "show", "table", "all"])
    if output.returncode:
        return _kernel_routes(home)
    found = (route.get("dst", "default") for route in json.loads(output.stdout or b"[]"))
    return [Network(destination, strict=False) for destination in found if destination != "default"]


def _kernel_routes(home: Home) -> list[Network]:
    """The same from the kernel's own table, for a server without iproute2: hexadecimal, least byte first."""
    lines = home.host.run(["cat", "/proc/net/route"]).stdout.decode().splitlines()[1:]
    rows = [(row[1], row[7]) for row in (line.split() for line in lines) if row[7] != "00000000"]
    return [Network((_address(destination), _address(mask)), strict=False) for destination, mask in rows]


def _address(little_endian: str) -> str:
    return str(ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(little_endian), "little")))


def _engine_networks(home: Home) -> list[Network]:
    pools = [pool for network in home.docker.networks() for pool in (network["IPAM"]["Config"] or [])]
    subnets = [ipaddress.ip_network(pool["Subnet"]) for pool in pools if "Subnet" in pool]
    return [subnet for subnet in subnets if isinstance(subnet, Network)]
