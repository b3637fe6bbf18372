"""Whether a network of ours covers addresses that the server reaches by another way."""

import ipaddress
import json
from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server
from homeport.home import network

BRIDGE_DIGITS = 12  # the engine calls a bridge br-<first digits of the network's id>


@dataclass(frozen=True, slots=True)
class Way:
    """A route of the server's own table."""

    destination: str
    device: str


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """`ours` are subnet and bridge of each of our networks by name; `missing` those that are gone; `ways` is None
    where the server has no `ip` command to ask."""

    ours: dict[str, tuple[str, str]]
    missing: tuple[str, ...]
    ways: tuple[Way, ...] | None


def gather(server: Server) -> NetworkFacts:
    looked = {name: network.look(server.target.home, name) for name in ("edge", "data")}
    ours = {name: (one.subnet, f"br-{one.id[:BRIDGE_DIGITS]}") for name, one in looked.items() if one}
    text = server.run("sh", "-c", "ip -4 -j route show table all 2>/dev/null || true")
    return NetworkFacts(ours, tuple(name for name, one in looked.items() if not one), parse(text) if text else None)


def parse(text: str) -> tuple[Way, ...]:
    return tuple(
        Way(route["dst"], route.get("dev", ""))
        for route in json.loads(text)
        if route.get("dst", "default") != "default"
    )


def judge(facts: NetworkFacts, commands: Commands) -> Iterator[Finding]:
    for name in facts.missing:
        yield wrong("networks", f"{name} is gone", commands.homeport("setup"))
    if facts.ways is None:
        yield warning(
            "networks", "without the ip command there, routes cannot be looked at", commands.there("ip route")
        )
        return
    for name, (subnet, bridge) in facts.ours.items():
        yield _judge(
            name, subnet, [way for way in facts.ways if way.device != bridge and _overlaps(subnet, way)], commands
        )


def _judge(name: str, subnet: str, others: list[Way], commands: Commands) -> Finding:
    if not others:
        return ok("networks", f"{name} has {subnet} for itself")
    way = others[0]
    text = (
        f"{name} ({subnet}) covers {way.destination}, which the server reaches by {way.device}: one of the two is cut "
        f"off. Take that route away, or name another network.{name} in homeport.base.yaml"
    )
    mend = commands.there(f"ip route del {way.destination} dev {way.device}", as_root=True)
    return wrong("networks", text, mend)


def _overlaps(subnet: str, way: Way) -> bool:
    return ipaddress.ip_network(subnet).overlaps(ipaddress.ip_network(way.destination, strict=False))
