"""Whether who holds a lock is still there: known only of processes of this very machine and person."""

import os
import re

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
