"""Containers and volumes of the installation that nothing claims."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning
from homeport.deploy.doctor.locks import held_locks
from homeport.deploy.doctor.server import BASE, Server


@dataclass(frozen=True, slots=True)
class Stray:
    """`root` is what its labels say, `base` for a container of the base; `knows` whether that root has a state."""

    name: str
    root: str
    knows: bool


@dataclass(frozen=True, slots=True)
class StrayFacts:
    containers: tuple[Stray, ...]
    volumes: tuple[str, ...]


def gather(server: Server) -> StrayFacts:
    """What belongs to a root that is being worked on right now is no stray."""
    busy = {lock.name for lock in held_locks(server)}
    claimed = {one["name"] for root in (BASE, *server.roots) for one in server.states("container", root)}
    containers = (
        Stray(name, root, root in server.roots or root == BASE)
        for name, found in server.inspected.items()
        if name not in claimed and (root := _root(found["Config"]["Labels"])) not in busy
    )
    return StrayFacts(tuple(containers), () if BASE in busy else tuple(_volumes(server)))


def _root(labels: dict[str, str]) -> str:
    application = labels.get("homeport.application")
    return f"{application}.{labels.get('homeport.target', '')}" if application else BASE


def _volumes(server: Server) -> Iterator[str]:
    home = server.target.home
    claimed = {
        f"{home.instance}-{one['name']}" for root in (BASE, *server.roots) for one in server.states("volume", root)
    }
    listed = home.docker.volumes(filters={"label": f"homeport.instance={home.instance}"}).get("Volumes") or []
    yield from (one["Name"] for one in listed if one["Name"] not in claimed)


def judge(facts: StrayFacts, commands: Commands) -> Iterator[Finding]:
    for one in facts.containers:
        mend = commands.there(f"docker rm --force {one.name}")
        release = f"; the next release of {one.root} removes it too" if one.knows and one.root != BASE else ""
        yield warning("strays", f"container {one.name} belongs to nothing that was released{release}", mend)
    for name in facts.volumes:
        text = f"volume {name} belongs to nothing; look what is in it before it goes"
        yield warning("strays", text, commands.there(f"docker volume inspect {name}"))
    if not facts.containers and not facts.volumes:
        yield ok("strays", "every container and volume belongs to something")
