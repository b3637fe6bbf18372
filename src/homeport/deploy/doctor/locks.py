"""Locks that are held, and by whom: a holder that has ended leaves one only while a child of its still runs."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning
from homeport.deploy.doctor.server import Server
from homeport.host import holder as holders
from homeport.targets.holder import has_ended


@dataclass(frozen=True, slots=True)
class Held:
    """A lock that the kernel says is held. `processes` have its file open, as far as the login may see; they are asked
    for only when the holder has ended."""

    name: str
    holder: str
    is_left: bool
    processes: tuple[str, ...] = ()


def gather(server: Server) -> list[Held]:
    return held_locks(server)


def held_locks(server: Server) -> list[Held]:
    """Asked of the kernel's own table: trying a lock would refuse it to whoever comes in that moment."""
    folder = server.target.home.path("locks")
    inodes = parse_inodes(server.run("find", folder, "-type", "f", "-printf", "%i %P\\n"))
    held = parse_held(server.run("cat", "/proc/locks"))
    return [
        _held(server, folder, name) for inode, name in inodes.items() if inode in held and not name.endswith(".holder")
    ]


def parse_inodes(text: str) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in text.splitlines())


def parse_held(text: str) -> set[str]:
    """The inodes on which a flock is held: `1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF`; waiters have an arrow."""
    rows = (line.split() for line in text.splitlines())
    return {row[5].rpartition(":")[2] for row in rows if len(row) > 5 and row[1] == "FLOCK"}


def _held(server: Server, folder: str, name: str) -> Held:
    path = f"{folder}/{name}"
    try:
        holder = str(holders.parse(server.target.host.files.read(holders.holder_path(path))))
    except FileNotFoundError:
        holder = "someone"
    if not has_ended(holder, server.target.drivers.holder):
        return Held(name, holder, is_left=False)
    opened = server.run("sh", "-c", f"find /proc/[0-9]*/fd -maxdepth 1 -lname {path} 2>/dev/null || true")
    return Held(name, holder, True, tuple(sorted({line.split("/")[2] for line in opened.splitlines()})))


def judge(facts: list[Held], commands: Commands) -> Iterator[Finding]:
    for one in facts:
        if one.is_left:
            text = f"{one.name} is still held for {one.holder}, which was killed: its Terraform goes on"
            yield warning("locks", text, commands.there(f"kill {' '.join(one.processes)}".strip()))
        else:
            yield ok("locks", f"{one.name} is held by {one.holder}")
    if not facts:
        yield ok("locks", "none is held")
