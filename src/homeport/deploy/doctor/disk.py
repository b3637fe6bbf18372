"""Room on the disks: of the engine, the installation's folder, the registry's second volume; the cache of builds."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server
from homeport.home.disk import Space, engine_folder, floor, gigabytes, spaces

ENOUGH = 5  # times the floor
SMALL_PART = 10  # a tenth of the disk
FEW_INODES = 50  # a fiftieth of them
CACHE_BUDGET = 10 * 10**9  # bytes
CACHE_KEPT = "5GB"


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """What lies where: a sentence's word for it, and the file system (None where it cannot be seen)."""

    places: tuple[tuple[str, str, Space | None], ...]
    floor: int
    cache: int


def gather(server: Server) -> DiskFacts:
    home = server.target.home
    paths = {"the engine": engine_folder(home), "homeport's folder": home.folder}
    if server.base.backup:
        paths["the registry's second volume"] = server.base.backup
    found = spaces(server.target.host, paths.values())
    places = tuple((what, path, found.get(path)) for what, path in paths.items())
    cache = sum(int(entry["Size"]) for entry in home.docker.df().get("BuildCache") or () if not entry.get("Shared"))
    return DiskFacts(places, floor(), cache)


def judge(facts: DiskFacts, commands: Commands) -> Iterator[Finding]:
    for what, path, space in facts.places:
        yield _place(what, path, space, facts.floor, commands)
    if facts.cache > CACHE_BUDGET:
        prune = commands.there(f"docker builder prune --keep-storage {CACHE_KEPT}")
        text = f"the cache of builds has {gigabytes(facts.cache)}; it is the engine's, other builds' part included"
        yield warning("disk", text, prune)


def _place(what: str, path: str, space: Space | None, least: int, commands: Commands) -> Finding:
    sizes = commands.there(f"du -xhd1 {path}", as_root=True)
    if space is None:
        return warning("disk", f"{path}, where {what} is, cannot be seen from this login", sizes)
    mend = commands.homeport("registry", "prune") if what == "the engine" else sizes
    text = f"{gigabytes(space.free)} of {gigabytes(space.size)} are free where {what} is ({path})"
    if space.free < least:
        return wrong("disk", f"only {text}", mend)
    if space.inodes and space.free_inodes * FEW_INODES < space.inodes:
        return wrong("disk", f"{space.free_inodes} inodes are left where {what} is ({path})", mend)
    if space.free < ENOUGH * least and space.free * SMALL_PART < space.size:
        return warning("disk", f"only {text}", mend)
    return ok("disk", text)
