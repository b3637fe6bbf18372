"""How much room the server's disks have, and the refusal to begin what would fill one."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from homeport.errors import HomeportError, Refused
from homeport.home.home import Home
from homeport.host import Host

GIGABYTE = 10**9
FLOOR = 1.0  # gigabytes that stay free: a full disk stops Postgres, the registry and the engine at once
FLOOR_VARIABLE = "HOMEPORT_DISK_FLOOR"
FULL = "no space left on device"
WHAT_CAN_GO = (
    "Free some: homeport registry prune (old images of your applications), docker image prune (images that nothing "
    "names), docker builder prune (the cache of builds). What is there: docker system df"
)


@dataclass(frozen=True, slots=True)
class Space:
    """The file system on which `path` lies, in bytes; one without a fixed number of inodes has 0 of them."""

    path: str
    size: int
    free: int
    inodes: int
    free_inodes: int


def question(paths: Iterable[str]) -> tuple[str, ...]:
    """The command whose output `parse` reads. Free is what the login itself may still take."""
    return ("df", "-B1", "--output=size,avail,itotal,iavail,file", *paths)


def parse(text: str) -> dict[str, Space]:
    """By path; a path that df could not see is missing."""
    rows = (line.split(maxsplit=4) for line in text.splitlines()[1:])
    found = (Space(row[4], *(int(cell) if cell.isdigit() else 0 for cell in row[:4])) for row in rows if len(row) == 5)
    return {space.path: space for space in found}


def spaces(host: Host, paths: Iterable[str]) -> dict[str, Space]:
    """The file systems of several paths of the server, in one question."""
    return parse(host.run(question(paths)).stdout.decode(errors="replace"))


def floor() -> int:
    """Bytes that stay free. Raises HomeportError for a setting that is no number of gigabytes."""
    given = os.environ.get(FLOOR_VARIABLE, "")
    try:
        return int(float(given or FLOOR) * GIGABYTE)
    except ValueError as error:
        raise HomeportError(f"{FLOOR_VARIABLE} should be a number of gigabytes, not {given!r}.") from error


def engine_folder(home: Home) -> str:
    """Where the engine keeps images, containers and volumes."""
    return str(home.docker.info()["DockerRootDir"])


def require_room(home: Home, doing: str, size: int = 0) -> None:
    """Raises Refused, before anything is begun, when the engine's disk has not `size` bytes and the floor above them.

    Where the disk cannot be seen (an engine in a virtual machine) nothing is refused: the engine says it in the middle.
    """
    folder = engine_folder(home)
    space = spaces(home.host, [folder]).get(folder)
    needed = size + floor()
    if space is not None and space.free < needed:
        raise Refused(
            f"{doing} needs {gigabytes(needed)} free on {home.called}, and {folder} has {gigabytes(space.free)}.",
            next_step=WHAT_CAN_GO,
        )


def when_full(reason: str) -> str:
    """The next step after a failure that the engine words so: what can go, when it was the disk."""
    return WHAT_CAN_GO if FULL in reason.lower() else ""


def gigabytes(size: int) -> str:
    return f"{size / GIGABYTE:.1f} GB"
