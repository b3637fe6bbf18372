"""Which installation answered at an address before: a name can lead to another machine, or to one that was set up anew.

A base has an id that `setup` gives it once. ssh knows a machine by its key; this knows what is on it.
"""

import hashlib
from pathlib import Path

from homeport import cache
from homeport.errors import Refused


def check(address: str, instance: str, identity: str) -> None:
    """Remember the id at its first sight. Raises Refused when it is another one than before."""
    file = _file(address, instance)
    before = file.read_text().strip() if file.exists() else ""
    if before and before != identity:
        raise Refused(
            f"This is not the server that {address} was: another installation answers there "
            f"({identity[:12]}, and it was {before[:12]}).",
            next_step="See which machine that name leads to. If it was set up anew and is the right one, "
            f"say so with: homeport setup --host {address}",
        )
    if not before:
        remember(address, instance, identity)


def remember(address: str, instance: str, identity: str) -> None:
    file = _file(address, instance)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{identity}\n")


def _file(address: str, instance: str) -> Path:
    """`local` needs none, because this machine is always itself."""
    return cache.folder() / "servers" / hashlib.sha256(f"{address} {instance}".encode()).hexdigest()[:24]
