"""A release waits for a prune of the registry, which could remove the very images that it finds there."""

from datetime import timedelta

from homeport.errors import Locked
from homeport.events import Emit, Event
from homeport.targets import HomeTarget

PRUNING = "pruning"  # the lock under which images are removed from the registry
PRUNING_WAIT = timedelta(minutes=10)
A_MOMENT = timedelta(seconds=1)  # in which another deploy has gone through here


def wait_for_a_prune(target: HomeTarget, emit: Emit) -> None:
    """A prune that begins later finds the lock of the application's target held, and refuses."""
    home, mine = target.home, target.drivers.holder
    try:
        with home.lock(PRUNING, mine, wait=A_MOMENT):
            return
    except Locked as error:
        emit(Event("lock", "registry", f"waits until {error.holder} has pruned it"))
    with home.lock(PRUNING, mine, wait=PRUNING_WAIT):
        return
