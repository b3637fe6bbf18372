"""Host names: where they lead from where the person stands."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server
from homeport.errors import GatewayFailed
from homeport.host.ssh.address import parse

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class NameFacts:
    """`found` are the addresses of each host name, none where it does not resolve; `server` those of the server."""

    found: Mapping[str, frozenset[str]]
    server: frozenset[str]
    address: str  # at which the server is reached from here; empty when not known
    is_local: bool


def gather(server: Server) -> NameFacts:
    wanted = sorted(_routed(server) | set(server.hosts))
    is_local = server.target.address == "local"
    reached = frozenset([LOOPBACK]) if is_local else _resolve(parse(server.target.address).host)
    own = frozenset(server.run("hostname", "-I").split())
    address = server.target.drivers.gateway.door.address if is_local else next(iter(sorted(reached)), "")
    return NameFacts({name: _resolve(name) for name in wanted}, own | reached, address, is_local)


def _routed(server: Server) -> set[str]:
    """The host names of every route; none while the gateway is away, which is another check's finding."""
    try:
        return {key.host for key in server.routes}
    except GatewayFailed:
        return set()


def _resolve(name: str) -> frozenset[str]:
    """Browsers send every name below localhost to the loopback, whatever the system's resolver says: RFC 6761."""
    if name == "localhost" or name.endswith(".localhost"):
        return frozenset([LOOPBACK])
    try:
        return frozenset(str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM))
    except OSError:
        return frozenset()


def judge(facts: NameFacts, commands: Commands) -> Iterator[Finding]:
    for name, found in facts.found.items():
        yield _name(name, found, facts, commands)


def _name(name: str, found: frozenset[str], facts: NameFacts, commands: Commands) -> Finding:
    line = f"{facts.address or 'ADDRESS'} {name}"
    mend = f"echo '{line}' | {commands.here_as_root('tee -a /etc/hosts')}"
    if not found:
        return wrong("names", f"{name} leads nowhere from here: add it to your DNS, or to this machine alone", mend)
    if not facts.is_local and found == {LOOPBACK}:
        text = f"{name} leads to this machine, not to the server: give the base a domain in homeport.base.yaml"
        return warning("names", text, commands.homeport("setup"))
    if not found & (facts.server | ({"::1"} if facts.is_local else set())):
        others = ", ".join(sorted(found))
        text = f"{name} leads to {others}, no address of the server's own (a router may forward it)"
        return warning("names", text, mend)
    return ok("names", f"{name} leads to the server")
