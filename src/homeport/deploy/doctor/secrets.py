"""Who may read the secrets."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, wrong
from homeport.deploy.doctor.server import Server

FOR_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    mode: int


@dataclass(frozen=True, slots=True)
class SecretFacts:
    folder: str
    entries: tuple[Entry, ...]


def gather(server: Server) -> SecretFacts:
    home = server.target.home
    folder = home.path("secrets")
    found = server.run("find", home.folder, "-maxdepth", "0", "-printf", "%m %p\\n")
    return SecretFacts(folder, parse(found + server.run("find", folder, "-printf", "%m %p\\n")))


def parse(text: str) -> tuple[Entry, ...]:
    rows = (line.split(maxsplit=1) for line in text.splitlines())
    return tuple(Entry(path, int(mode, 8)) for mode, path in rows)


def judge(facts: SecretFacts, commands: Commands) -> Iterator[Finding]:
    open_ones = [entry for entry in facts.entries if entry.mode & FOR_OTHERS]
    for entry in open_ones:
        mend = commands.there(f"chmod go= {shlex.quote(entry.path)}")
        yield wrong("secrets", f"{entry.path} is open to others (mode {entry.mode:o})", mend)
    if not open_ones:
        yield ok("secrets", f"{facts.folder} is closed to everybody else")
