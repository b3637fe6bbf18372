"""The registry's second volume: on a disk of its own, and filled not long ago."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning
from homeport.deploy.doctor.server import Server
from homeport.home.disk import engine_folder
from homeport.home.registry_store.notes import last_backup

OLD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """`path` is where the second volume lies, empty for the engine's own place; `devices` are the two disks."""

    path: str
    devices: tuple[str, ...]
    last: datetime | None
    now: datetime


def gather(server: Server) -> BackupFacts:
    path = server.base.backup
    folders = [engine_folder(server.target.home), *([path] if path else [])]
    devices = tuple(server.run("stat", "-c", "%d", *folders).split())
    return BackupFacts(path, devices, last_backup(server.target.home), datetime.now(UTC))


def judge(facts: BackupFacts, commands: Commands) -> Iterator[Finding]:
    backup = commands.homeport("registry", "backup")
    if not facts.path or len(set(facts.devices)) == 1:
        text = "the registry's second volume is on the first one's disk, and goes with it: set registry.backup"
        yield warning("backups", text, commands.homeport("setup"))
    else:
        yield ok("backups", f"the registry's second volume is on another disk ({facts.path})")
    if facts.last is None:
        yield warning("backups", "the registry was never copied to its second volume", backup)
    elif facts.now - facts.last > OLD:
        yield warning("backups", f"the registry's last backup is {(facts.now - facts.last).days} days old", backup)
    else:
        yield ok("backups", f"the registry was backed up on {facts.last:%Y-%m-%d %H:%M} UTC")
