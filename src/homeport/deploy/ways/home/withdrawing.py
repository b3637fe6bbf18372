"""What is taken away beside a release: candidates of one that failed, leftovers of one that was cut off."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from homeport.deploy.application import Application
from homeport.deploy.failures import BEFORE_THE_SWITCH
from homeport.events import Emit
from homeport.home import sweeping
from homeport.targets import HomeTarget


@contextmanager
def candidates_withdrawn(application: Application, target: HomeTarget, emit: Emit) -> Iterator[None]:
    """What fails before it switches takes its healthy candidates along: a worker would work twice."""
    containers, names = target.drivers.containers, (application.name, application.target_name)
    before = containers.present(*names)
    try:
        yield
    except BEFORE_THE_SWITCH:
        containers.sweep(*names, before, emit)
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
