"""Containers that should run: the base's four, and every application's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, wrong
from homeport.deploy.doctor.server import BASE, Server

SERVICES = ("front", "gateway", "registry", "postgres")
COMES_BACK = "always"  # unless-stopped does not when the engine was killed


@dataclass(frozen=True, slots=True)
class Container:
    """One that a state names: `state` and `restart` are the engine's (None and empty when it is gone)."""

    root: str
    service: str
    name: str
    state: Mapping[str, Any] | None
    restart: str = ""
    changed: tuple[str, ...] = ()


def gather(server: Server) -> list[Container]:
    found = [
        _container(server, root, one) for root in (BASE, *server.roots) for one in server.states("container", root)
    ]
    missing = sorted(set(SERVICES) - {one.service for one in found if one.root == BASE})
    return [*found, *(Container(BASE, service, server.name(service), None) for service in missing)]


def _container(server: Server, root: str, recorded: dict[str, Any]) -> Container:
    drivers = server.target.drivers
    found = server.inspected.get(recorded["name"])
    if found is None:
        return Container(root, recorded["service"], recorded["name"], None)
    changed = tuple(drivers.containers.finder.differences(drivers.spec(recorded), found))
    policy = found["HostConfig"]["RestartPolicy"]["Name"]
    return Container(root, recorded["service"], recorded["name"], found["State"], policy, changed)


def judge(facts: list[Container], commands: Commands) -> Iterator[Finding]:
    for one in facts:
        yield from _judge(one, commands)


def _judge(one: Container, commands: Commands) -> Iterator[Finding]:
    again = commands.homeport("setup") if one.root == BASE else commands.up(one.root)
    called = one.service if one.root == BASE else f"{one.service} of {one.root}"
    if why := _why_not(one.state):
        yield wrong("containers", f"{called} {why}", again)
    elif one.changed:
        yield wrong("containers", f"{called} was changed by hand: {', '.join(one.changed)}", again)
    elif one.restart != COMES_BACK:
        mend = commands.there(f"docker update --restart {COMES_BACK} {one.name}")
        yield wrong("containers", f"{called} does not come back when the engine starts again", mend)
    else:
        yield ok("containers", f"{called} runs")


def _why_not(state: Mapping[str, Any] | None) -> str:
    """Why it does not serve; empty when it does."""
    if state is None:
        return "is gone"
    if state["Restarting"]:
        return f"ends and is started again and again (exit code {state['ExitCode']})"
    if state["Paused"]:
        return "is paused"
    if not state["Running"]:
        return f"is stopped (exit code {state['ExitCode']})"
    health = (state.get("Health") or {}).get("Status", "")
    return "is unhealthy, by its own health check" if health == "unhealthy" else ""
