"""Memory: containers that were killed for it, and what the server has left."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning
from homeport.deploy.doctor.server import Server
from homeport.home.disk import gigabytes

DAY = 24 * 60 * 60  # seconds; the engine remembers its last 256 events only
LITTLE = 20  # a twentieth
MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Killed:
    """A service whose container was killed for memory, and its limit in bytes (0: unknown, the container is gone)."""

    service: str
    root: str
    limit: int


@dataclass(frozen=True, slots=True)
class MemoryFacts:
    killed: tuple[Killed, ...]
    total: int
    available: int


def gather(server: Server) -> MemoryFacts:
    sizes = parse(server.run("cat", "/proc/meminfo"))
    return MemoryFacts(tuple(_killed(server)), sizes.get("MemTotal", 0), sizes.get("MemAvailable", 0))


def parse(text: str) -> dict[str, int]:
    """The sizes of /proc/meminfo, in bytes."""
    rows = (line.split() for line in text.splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) == 3}


def _killed(server: Server) -> Iterator[Killed]:
    """Of containers that are there the engine knows it until they start again, of all from its last events."""
    seen = {name for name, found in server.inspected.items() if found["State"]["OOMKilled"]} | _from_events(server)
    for name in sorted(seen & server.inspected.keys()):
        found = server.inspected[name]
        labels: Mapping[str, str] = found["Config"]["Labels"]
        root = f"{labels['homeport.application']}.{labels['homeport.target']}" if "homeport.target" in labels else ""
        yield Killed(labels["homeport.service"], root, int(found["HostConfig"]["Memory"]))


def _from_events(server: Server) -> set[str]:
    now = int(time.time())
    filters = {"event": "oom", "label": f"homeport.instance={server.target.home.instance}"}
    events = server.target.home.docker.events(since=now - DAY, until=now, filters=filters, decode=True)
    return {event["Actor"]["Attributes"]["name"] for event in events}


def judge(facts: MemoryFacts, commands: Commands) -> Iterator[Finding]:
    for one in facts.killed:
        whose = f"{one.service} of {one.root}" if one.root else one.service
        text = f"{whose} was killed for memory; its limit is {one.limit // MEBIBYTE}M: raise `memory` in homeport.yaml"
        yield warning("memory", text, commands.up(one.root) if one.root else commands.homeport("setup"))
    if facts.available * LITTLE < facts.total:
        text = f"only {gigabytes(facts.available)} of {gigabytes(facts.total)} are available on the server"
        yield warning("memory", text, commands.there("docker stats --no-stream"))
    elif not facts.killed:
        yield ok("memory", f"no container was killed for it; {gigabytes(facts.available)} are available")
