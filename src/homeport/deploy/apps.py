"""Everything on a server: its applications, and what none of them claims: `homeport apps`.

What stands is what Terraform's states name: one look at all of them, the engine's own list, one question to Postgres.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from homeport.errors import DatabaseFailed, DatabaseNotReady, EngineFailed
from homeport.home import ledger, usage
from homeport.home.base import Base
from homeport.home.home import Home
from homeport.home.usage import DatabaseSize
from homeport.releases.record import Release, from_json, whole
from homeport.store import is_state
from homeport.targets import HomeTarget
from homeport.terraform.statefile import attributes

BASE = "base"
STATES = "state/"
FURTHER = 8  # releases that are read together where the newest did not succeed


@dataclass(frozen=True, slots=True)
class Container:
    """A container on the engine: `status` is the engine's own phrase (`Up 3 minutes`)."""

    name: str
    service: str
    belongs_to: str
    runs: bool
    status: str


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was asked of a server: states and newest good releases by root (`base`, `notes.home`); `problem` is why
    Postgres did not answer."""

    states: Mapping[str, bytes]
    releases: Mapping[str, Release]
    containers: tuple[Container, ...]
    memory: Mapping[str, int]
    volumes: tuple[str, ...]
    databases: tuple[DatabaseSize, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """An application on a target. `problems` are containers that are missing or do not run, in words; sizes are bytes;
    `release` is 0 where none succeeded yet."""

    application: str
    target: str
    urls: tuple[str, ...]
    release: int
    when: str
    by: str
    containers: int
    problems: tuple[str, ...]
    database: int
    memory: int


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A thing of the installation that no application has in its state."""

    kind: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Apps:
    """A server's applications. `memory` is what the base itself uses, in bytes; `problems` are the base's, in words."""

    host: str
    instance: str
    applications: tuple[App, ...]
    unclaimed: tuple[Unclaimed, ...]
    memory: int
    problems: tuple[str, ...]


def apps(target: HomeTarget) -> Apps:
    """Takes no lock and runs no Terraform. Raises NotSetUp without a base."""
    base = target.base
    seen = _see(target)
    own = attributes(seen.states.get(BASE), "container")
    roots = sorted(root for root, state in seen.states.items() if root != BASE and _names_anything(state))
    return Apps(
        host=target.address,
        instance=target.home.instance,
        applications=tuple(app(root, seen, base) for root in roots),
        unclaimed=tuple(unclaimed(seen, target.home.instance)),
        memory=sum(seen.memory.get(one["name"], 0) for one in own),
        problems=(*_problems(own, seen.containers), *([seen.problem] if seen.problem else [])),
    )


def app(root: str, seen: Seen, base: Base) -> App:
    """One application as its state, the engine and its releases have it."""
    state, release = seen.states[root], seen.releases.get(root)
    names = [one["name"] for one in attributes(state, "container")]
    databases = {one["name"] for one in attributes(state, "database")}
    application, _, place = root.partition(".")
    return App(
        application=application,
        target=place,
        urls=tuple(sorted(base.url(route["host"], route["path"]) for route in attributes(state, "route"))),
        release=release.number if release else 0,
        when=release.started if release else "",
        by=release.by if release else "",
        containers=len(names),
        problems=tuple(_problems(attributes(state, "container"), seen.containers)),
        database=sum(one.size for one in seen.databases if one.name in databases),
        memory=sum(seen.memory.get(name, 0) for name in names),
    )


def unclaimed(seen: Seen, instance: str) -> Iterator[Unclaimed]:
    """What no state names: left by an interrupted run, kept by `down`, or made by hand."""
    claimed = {noun: _claimed(seen.states, noun) for noun in ("container", "volume", "database")}
    for one in seen.containers:
        if one.name not in claimed["container"]:
            owner = f"of {one.belongs_to}, " if one.belongs_to else ""
            yield Unclaimed("container", one.name, f"{owner}{one.status}")
    ours = {f"{instance}-{name}" for name in claimed["volume"]}
    for name in seen.volumes:
        if name not in ours:
            yield Unclaimed("volume", name, "")
    for database in seen.databases:
        if database.name not in claimed["database"]:
            owner = f"data of {database.belongs_to}, which is down" if database.belongs_to else "made by hand"
            yield Unclaimed("database", database.name, f"{owner}, {megabytes(database.size)}")


def megabytes(size: int) -> str:
    return f"{size / 2**20:.0f} MB"


def _problems(expected: Sequence[Mapping[str, str]], present: Sequence[Container]) -> Iterator[str]:
    there = {one.name: one for one in present}
    for one in expected:
        found = there.get(one["name"])
        if found is None or not found.runs:
            yield f"{one['service']}: {found.status if found else 'missing'}"


def _claimed(states: Mapping[str, bytes], noun: str) -> set[str]:
    return {str(one["name"]) for state in states.values() for one in attributes(state, noun)}


def _names_anything(state: bytes) -> bool:
    return any(attributes(state, noun) for noun in ("container", "route", "database"))


# ------------------------------------------------------------------- asking


def _see(target: HomeTarget) -> Seen:
    home = target.home
    states, releases = ledgers(home)
    containers = tuple(_containers(home))
    databases, problem = _databases(target)
    listed = home.docker.volumes(filters={"label": f"homeport.instance={home.instance}"})["Volumes"] or ()
    return Seen(
        states=states,
        releases=releases,
        containers=containers,
        memory=usage.memory_in_use(home, [one.name for one in containers if one.runs]),
        volumes=tuple(sorted(one["Name"] for one in listed)),
        databases=databases,
        problem=problem,
    )


def _databases(target: HomeTarget) -> tuple[tuple[DatabaseSize, ...], str]:
    """Without Postgres, the rest can still be told: just then somebody asks."""
    try:
        return usage.database_sizes(target.drivers.postgres), ""
    except (DatabaseFailed, DatabaseNotReady, EngineFailed) as error:
        return (), f"databases are not known: {error.message}"


def ledgers(home: Home) -> tuple[dict[str, bytes], dict[str, Release]]:
    """The newest whole state and the newest good release of every root."""
    found = _newest_good(home, ledger.everything(home))
    states = {_root(folder): data for folder, data in found.items() if folder.startswith(STATES)}
    releases = {_root(folder): from_json(data) for folder, data in found.items() if not folder.startswith(STATES)}
    return states, releases


def _newest_good(home: Home, folders: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """The newest good file of each folder: one round trip for all, a further one where the newest are not good."""
    found: dict[str, bytes] = {}
    left, count = dict(folders), 1
    while left:
        wanted = [(folder, path) for folder, paths in left.items() for path in paths[:count]]
        contents = ledger.read_together(home, [path for _, path in wanted])
        for (folder, _), data in zip(wanted, contents, strict=True):
            if folder not in found and _is_good(folder, data):
                found[folder] = data
        left = {folder: paths[count:] for folder, paths in left.items() if folder not in found and paths[count:]}
        count = FURTHER
    return found


def _is_good(folder: str, data: bytes) -> bool:
    """Whether it is a whole state, or a release that succeeded: what was cut off or lost its end is neither."""
    if folder.startswith(STATES):
        return is_state(data)
    release = whole(data)
    return release is not None and release.result == "succeeded"


def _root(folder: str) -> str:
    return folder.partition("/")[2]


def _containers(home: Home) -> Iterator[Container]:
    for one in home.docker.containers(all=True, filters={"label": f"homeport.instance={home.instance}"}):
        labels = one["Labels"]
        application, place = labels.get("homeport.application", ""), labels.get("homeport.target", "")
        yield Container(
            name=one["Names"][0].lstrip("/"),
            service=labels.get("homeport.service", ""),
            belongs_to=f"{application}.{place}" if application else "",
            runs=one["State"] == "running",
            status=one["Status"],
        )
