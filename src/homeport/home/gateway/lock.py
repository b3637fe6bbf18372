"""The lock under which the gateway's files and HAProxy change together, and its container is replaced."""

from contextlib import AbstractContextManager
from datetime import timedelta

from homeport.home.home import Home
from homeport.host import Lock

# Longer than the gateway takes to be replaced: a minute for requests to old versions, one to become healthy, and more
# than one for what the old gateway has in hand.
WAIT = timedelta(seconds=240)


def gateway_lock(home: Home, purpose: str) -> AbstractContextManager[Lock]:
    """Held by one at a time; `purpose` is what others read who wait. Raises Locked when it does not come free."""
    return home.lock("gateway", purpose, wait=WAIT)
