"""The server's clock beside this machine's, and releases that claim to be of the future."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server
from homeport.home.ledger import RELEASE

UNNOTICED = 5  # seconds
FUTURE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Recorded:
    """The newest release of a root whose record is whole, and its file."""

    root: str
    number: int
    started: datetime
    path: str


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """`ahead` is by how many seconds the server's clock is ahead of this machine's (behind, if negative)."""

    now: datetime
    ahead: float
    newest: tuple[Recorded, ...]


def gather(server: Server) -> ClockFacts:
    before = time.time()
    there = float(server.run("date", "+%s.%N") or before)
    ahead = there - (before + time.time()) / 2
    return ClockFacts(datetime.fromtimestamp(there, UTC), ahead, tuple(_newest(server)))


def _newest(server: Server) -> Iterator[Recorded]:
    home = server.target.home
    for root in server.target.host.files.list(home.path("releases")):
        application, _, place = root.rpartition(".")
        if release := server.target.last_attempt(application, place):
            path = home.path("releases", root, f"{release.number:08d}{RELEASE}")
            yield Recorded(root, release.number, datetime.fromisoformat(release.started), path)


def judge(facts: ClockFacts, commands: Commands) -> Iterator[Finding]:
    if abs(facts.ahead) > UNNOTICED:
        way = "ahead of" if facts.ahead > 0 else "behind"
        text = f"the server's is {abs(facts.ahead):.0f} s {way} this machine's"
        yield wrong("clock", text, commands.there("timedatectl set-ntp true", as_root=True))
    else:
        yield ok("clock", "the server's and this machine's agree")
    for one in facts.newest:
        if (one.started - facts.now).total_seconds() > FUTURE:
            text = f"release {one.number} of {one.root} claims to be of {one.started:%Y-%m-%d %H:%M}: record it anew"
            yield warning("clock", text, f"{commands.there(f'rm {one.path}')} && {commands.up(one.root)}")
