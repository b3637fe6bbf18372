"""The cache of builds on a server's engine, kept to a budget.

It is the engine's: what else its owner builds there shares it, and none of its records says whose it is. The engine
lets go first of what was used least recently, and a build that misses something does it again.
"""

import os

from docker.errors import DockerException
from requests.exceptions import RequestException

from homeport.errors import EngineFailed, HomeportError
from homeport.home.disk import GIGABYTE
from homeport.home.home import Home

BUDGET = 10.0  # gigabytes
BUDGET_VARIABLE = "HOMEPORT_BUILD_CACHE"


def budget() -> int:
    """Bytes; 0 leaves the cache alone. Raises HomeportError for a setting that is no number of gigabytes."""
    given = os.environ.get(BUDGET_VARIABLE, "")
    try:
        gigabytes = float(given or BUDGET)
    except ValueError:
        gigabytes = -1
    if not 0 <= gigabytes < 1e6:
        raise HomeportError(
            f'{BUDGET_VARIABLE} should be a number of gigabytes such as 20, not "{given}".',
            next_step="Set it to 0 to leave the cache of builds alone.",
        )
    return int(gigabytes * GIGABYTE)


def keep_to(home: Home, most: int) -> int:
    """Remove what is over so many bytes; returns the bytes that were freed."""
    try:
        return int(home.docker.prune_builds(keep_storage=most)["SpaceReclaimed"])
    except (DockerException, RequestException) as error:
        raise EngineFailed("The engine's cache of builds could not be pruned.", detail=str(error)) from error
