"""Who holds a lock: what is told of it, and whether it is still there, which is known of this machine's processes."""

import os
import re

from homeport.errors import Locked
from homeport.events import Event

NEXT_STEP = "Wait until it has ended, then run the same command again."
HOLDER = re.compile(r"(?P<who>.+) pid (?P<pid>\d+)\b")


def has_ended(holder: str, mine: str) -> bool:
    """Whether `holder` (`ana@laptop pid 4711 since 14:02`) is a process beside ours that is gone."""
    theirs, ours = HOLDER.match(holder), HOLDER.match(mine)
    if theirs is None or ours is None or theirs["who"] != ours["who"]:
        return False
    try:
        os.kill(int(theirs["pid"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's process by now, or a name that two machines share
    return False


def locked(doing: str, holder: str, more: str = "") -> Locked:
    """What is raised for a lock that is held: `notes is being deployed to home by ana@laptop pid 4711 since 14:02.`"""
    return Locked(f"{doing} by {holder}.", holder=holder, next_step=f"{NEXT_STEP}{more}")


def was_killed(root: str, holder: str) -> Event:
    """What is told before the lock of a root is waited for whose holder has ended: its Terraform has the lock, too."""
    return Event("lock", root, f"{holder} was killed; waits until its Terraform has ended", "warning")
