"""What no state knows of an application is removed: it was left by a release that was cut off."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from homeport.events import Emit
from homeport.home.drivers import Drivers
from homeport.home.gateway import RouteKey


def sweep(
    drivers: Drivers,
    application: str,
    target: str,
    *,
    routes: Collection[RouteKey],
    containers: Collection[str],
    hosts: Collection[str],
    emit: Emit,
) -> None:
    """Routes first, then containers, all but `routes` and `containers` (by name).

    `hosts` are the names on which the application answers, or did.
    """
    with ThreadPoolExecutor(2) as pool:  # each is a way to the server and back
        one_offs = pool.submit(drivers.containers.one_offs.sweep, application, target, emit)
        ours = pool.submit(drivers.containers.finder.ours, application=application, target=target)
        drivers.gateway.sweep(routes, hosts, lambda: drivers.containers.addresses(ours.result()), emit)
        drivers.containers.remove_unneeded(ours.result(), containers, emit)
        one_offs.result()
