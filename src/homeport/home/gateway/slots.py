"""What HAProxy says that it runs: pure parsers of the runtime API's replies.

Source: HAProxy management guide, "show servers state", "show stat", "show map", "show proc".
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homeport.home.gateway.key import RouteKey

ROUTE = "route-"  # how the backends of routes begin; the others are the main file's
UNSET = "0.0.0.0:0"
# Everything that keeps a server from new requests, but 0x04: "disabled in the file" stays set for ever,
# also when the server is ready.
NOT_READY = 0x3B
MAINTENANCE = 0x01


@dataclass(frozen=True, slots=True)
class Slot:
    """A server of a route's backend: `address` is "ip:port", or empty; `sessions` are requests in flight."""

    backend: str
    name: str
    address: str
    admin: int
    sessions: int

    @property
    def is_ready(self) -> bool:
        return bool(self.address) and not self.admin & NOT_READY

    @property
    def is_resting(self) -> bool:
        """Whether it is in maintenance, as a slot is that no switch has under way."""
        return bool(self.admin & MAINTENANCE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The slots of the present worker, those of old workers with requests to end, and the map."""

    slots: tuple[Slot, ...]
    past: tuple[Slot, ...]
    routes: dict[str, str]

    def of(self, key: RouteKey) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.backend == key.backend)

    @property
    def draining(self) -> int:
        """Requests in flight to slots that take no new ones, in all workers."""
        resting = (slot for slot in self.slots if not slot.is_ready)
        return sum(slot.sessions for slot in (*resting, *self.past))

    def sessions(self, key: RouteKey, *, but: str = "") -> int:
        """Requests of a route in flight, at every address but one, in all workers."""
        slots = (*self.slots, *self.past)
        return sum(slot.sessions for slot in slots if slot.backend == key.backend and slot.address != but)


def parse_slots(stat: str, state: str = "") -> tuple[Slot, ...]:
    """The slots of all routes. Without `state` (of an old worker, which takes nothing new) none is ready."""
    flags = {(row["be_name"], row["srv_name"]): int(row["srv_admin_state"]) for row in _table(state)}
    return tuple(
        Slot(
            backend=row["pxname"],
            name=row["svname"],
            address="" if row["addr"] == UNSET else row["addr"],
            admin=flags.get((row["pxname"], row["svname"]), MAINTENANCE),
            sessions=int(row["scur"]) + int(row["qcur"]),
        )
        for row in csv.DictReader(stat.lstrip("# ").splitlines())
        if row["pxname"].startswith(ROUTE)
    )


def parse_map(text: str) -> dict[str, str]:
    """The reply of `show map FILE`: a pointer, the key and the value on each line."""
    return {words[1]: words[2] for words in map(str.split, text.splitlines()) if len(words) == 3}


def old_workers(text: str) -> tuple[int, ...]:
    """Process ids of the workers that a reload left to finish their requests."""
    old = text.partition("# old workers")[2].partition("#")[0]
    return tuple(int(words[0]) for words in map(str.split, old.splitlines()) if words[1:2] == ["worker"])


def replies(text: str) -> tuple[str, ...]:
    """The replies to commands that were sent together: each ends at an empty line."""
    return tuple(_replies(text.splitlines()))


def _replies(lines: Iterable[str]) -> Iterator[str]:
    reply: list[str] = []
    for line in lines:
        if line:
            reply.append(line)
        else:
            yield "\n".join(reply)
            reply = []


def _table(text: str) -> list[dict[str, str]]:
    lines = text.splitlines()[1:]  # the first is the format's version
    if not lines:
        return []
    names = lines[0].lstrip("# ").split()
    return [dict(zip(names, line.split(), strict=False)) for line in lines[1:] if line]
