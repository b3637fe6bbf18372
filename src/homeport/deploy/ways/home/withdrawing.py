"""What is taken away beside a release: candidates of one that failed, leftovers of one that was cut off."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

from homeport.deploy.application import Application
from homeport.deploy.failures import BEFORE_THE_SWITCH
from homeport.events import Emit
from homeport.home import sweeping
from homeport.targets import HomeTarget


def candidates_withdrawn(application: Application, target: HomeTarget, emit: Emit) -> AbstractContextManager[None]:
    """What fails before it switches takes its healthy candidates along: a worker would work twice.

    What is there now stays; that is asked at once, and the context waits for the answer.
    """
    containers, names = target.drivers.containers, (application.name, application.target_name)
    pool = ThreadPoolExecutor(1)
    before = pool.submit(containers.present, *names)
    pool.shutdown(wait=False)
    return _withdrawn(before, lambda kept: containers.sweep(*names, kept, emit))


@contextmanager
def _withdrawn(before: Future[frozenset[str]], sweep: Callable[[frozenset[str]], None]) -> Iterator[None]:
    present = before.result()
    try:
        yield
    except BEFORE_THE_SWITCH:
        sweep(present)
        raise


def sweep(application: Application, target: HomeTarget, hosts: Collection[str], emit: Emit) -> None:
    """Remove what an interrupted release left in no state, once a release stands: routes first, then containers.

    `hosts` are the names on which the application answers, or did.
    """
    sweeping.sweep(
        target.drivers,
        application.name,
        application.target_name,
        routes=target.route_keys(application.root),
        containers=target.container_names(application.root),
        hosts=hosts,
        emit=emit,
    )
