"""A release waits for a prune of the registry, which could remove the very images that it finds there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from homeport.deploy.application import Application
from homeport.errors import Locked
from homeport.events import Emit, Event
from homeport.targets import HomeTarget

PRUNING = "pruning"  # the lock under which images are removed from the registry
PROMOTIONS = "promotions"  # the folder of locks under which images are read for another server, or for AWS
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


@contextmanager
def images_kept(application: Application, source: HomeTarget, emit: Emit) -> Iterator[None]:
    """While images of `source` go to the application's target elsewhere. Its own targets may be deployed to meanwhile:
    the lock is none of theirs."""
    doing = f"{application.name} is being promoted to {application.target_name}"
    with source.lock(f"{PROMOTIONS}/{application.root}", doing, emit):
        wait_for_a_prune(source, emit)
        yield
