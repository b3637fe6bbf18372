"""What the object says that is the lock of a root on AWS."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homeport.host.holder import Holder
from homeport.targets.holder import has_ended


@dataclass(frozen=True, slots=True)
class Lease:
    """`seconds` is how long it lasts when it is not renewed; `holder` is empty once the lock was given back, and
    `machine` is the holder's."""

    holder: str
    since: str
    seconds: float
    machine: str

    @classmethod
    def of(cls, data: bytes) -> Lease:
        """One that cannot be read is nobody's."""
        try:
            said = json.loads(data)
            return cls(str(said["holder"]), str(said["since"]), float(said["seconds"]), str(said["machine"]))
        except (ValueError, KeyError, TypeError):
            return cls("", "", 0, "")

    @classmethod
    def begun(cls, holder: str, lasting: timedelta) -> Lease:
        """One of now, of this machine."""
        return cls(holder, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", lasting.total_seconds(), machine())

    @property
    def called(self) -> str:
        """Its holder as a sentence has it: `ana@laptop pid 4711 since 14:02`."""
        try:
            return str(Holder(self.holder, datetime.fromisoformat(self.since)))
        except ValueError:
            return self.holder

    def has_ended(self, age: timedelta, mine: str) -> bool:
        """Whether the lock may be taken: it was given back, not renewed in time, or its holder is gone from here."""
        is_of_here = bool(self.machine) and self.machine == machine()
        return not self.holder or age.total_seconds() > self.seconds or (is_of_here and has_ended(self.holder, mine))

    def to_json(self) -> bytes:
        """Never the same twice, so that each writing has a tag of its own."""
        return json.dumps(asdict(self) | {"nonce": secrets.token_hex(8)}).encode()


def machine() -> str:
    """What no other machine, nor a container on this one, has in common with this; empty where that is not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""
