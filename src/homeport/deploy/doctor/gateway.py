"""The gateway's routes: files and running HAProxy agree, and each leads to a container that lives."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, wrong
from homeport.deploy.doctor.server import Server
from homeport.errors import GatewayFailed
from homeport.home.container.running import owners

DRIFTED = "drifted: "


@dataclass(frozen=True, slots=True)
class Route:
    """`root` is whose it is (`notes.home`), empty when nobody claims it; `said` is the gateway's own word; `lives` says
    whether a container runs at the address."""

    name: str
    root: str
    said: str | None
    lives: bool


@dataclass(frozen=True, slots=True)
class GatewayFacts:
    routes: tuple[Route, ...] = ()
    refusal: str = ""


def gather(server: Server) -> GatewayFacts:
    try:
        found = server.routes
    except GatewayFailed as error:
        return GatewayFacts(refusal=error.message)
    alive = owners(server.target.home)
    claimed = {key: root for root in server.roots for key in server.target.route_keys(root)}
    addresses = {key: (said or "").rpartition(":")[0] for key, said in found.items()}
    routes = [
        Route(
            str(key),
            claimed.get(key) or alive.get(addresses.get(key, ""), ""),
            found.get(key),
            addresses.get(key) in alive,
        )
        for key in sorted({*found, *claimed}, key=str)
    ]
    return GatewayFacts(tuple(routes))


def judge(facts: GatewayFacts, commands: Commands) -> Iterator[Finding]:
    if facts.refusal:
        yield wrong("gateway", facts.refusal, commands.homeport("setup"))
        return
    for route in facts.routes:
        yield _judge(route, commands)
    if not facts.routes:
        yield ok("gateway", "answers; no application has a route yet")


def _judge(route: Route, commands: Commands) -> Finding:
    mend = commands.up(route.root) if route.root else commands.homeport("setup")
    whose = f" (of {route.root})" if route.root else ""
    if route.said is None:
        return wrong("gateway", f"{route.name}{whose} leads nowhere", mend)
    if route.said.startswith(DRIFTED):
        return wrong("gateway", f"{route.name}{whose} is not as it was left: {route.said.removeprefix(DRIFTED)}", mend)
    if "+" in route.said:
        return wrong("gateway", f"{route.name}{whose} is half switched: {route.said}", mend)
    if not route.lives:
        return wrong("gateway", f"{route.name}{whose} leads to {route.said}, where no container runs", mend)
    return ok("gateway", f"{route.name} leads to a container of {route.root}")
