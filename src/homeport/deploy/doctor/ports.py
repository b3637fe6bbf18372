"""The ports of the base: ours, or somebody else's."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.base.home.ports import opened_ports
from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, wrong
from homeport.deploy.doctor.server import Server
from homeport.home import ports
from homeport.home.ports import Taken


@dataclass(frozen=True, slots=True)
class PortFacts:
    wanted: tuple[int, ...]
    taken: tuple[Taken, ...]


def gather(server: Server) -> PortFacts:
    wanted = list(opened_ports(server.base).values())
    return PortFacts(tuple(wanted), tuple(ports.taken_by_others(server.target.home, wanted)))


def judge(facts: PortFacts, commands: Commands) -> Iterator[Finding]:
    for one in facts.taken:
        text = f"{one.port} is taken by {one.owner}: stop it, or take the next free ports"
        yield wrong("ports", text, commands.homeport("setup", "--free-ports"))
    if not facts.taken:
        yield ok("ports", f"nobody else has {' or '.join(str(port) for port in facts.wanted)}")
