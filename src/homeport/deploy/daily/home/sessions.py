"""`run`, `exec` and `psql` on a home server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from homeport.deploy.application import Application
from homeport.deploy.daily.protocol import Asked
from homeport.deploy.services import check_service, no_database, not_released, not_running
from homeport.events import Emit
from homeport.home.container import ContainerSpec
from homeport.home.container.running import live, running
from homeport.home.session import Session, executing
from homeport.targets import HomeTarget

# psql would keep what is typed in the Postgres container's home: everybody's, in one file.
NO_HISTORY = {"PSQL_HISTORY": "/dev/null"}


@contextmanager
def run(application: Application, target: HomeTarget, service: str, asked: Asked, emit: Emit) -> Iterator[Session]:
    """In a container of its own, like the service's that serves, and removed afterwards.

    Raises Refused for a service that was never released, EngineFailed for a command that cannot be started.
    """
    spec = _spec(application, target, service)
    containers = target.drivers.containers
    containers.one_offs.sweep(application.name, application.target_name, emit)
    containers.ensure_image(spec.image)
    with containers.one_offs.running(
        spec, asked.command, environment=asked.environment, terminal=asked.terminal
    ) as session:
        yield session


def execute(
    application: Application, target: HomeTarget, service: str, asked: Asked
) -> AbstractContextManager[Session]:
    """In the service's container that serves. Raises Refused when none runs."""
    container = _live(application, target, service)
    if not container:
        present = [one.service for one in running(target.home, application.name, application.target_name)]
        check_service(application, service, present)
        raise not_running(application, service, present, up(application))
    return executing(target.home, container, asked.command, environment=asked.environment, terminal=asked.terminal)


def psql(
    application: Application, target: HomeTarget, asked: Asked, *, as_owner: bool
) -> AbstractContextManager[Session]:
    """psql with the options `asked.command`, on the application's database; Postgres trusts its own container, so
    there is no password. Raises Refused where there is no database."""
    database = target.database(application.root)
    if database is None:
        raise no_database(application, up(application))
    role = database["owner"] if as_owner else database["app"]
    return executing(
        target.home,
        target.drivers.postgres.container,
        ("psql", "-U", role, "-d", database["name"], *asked.command),
        environment={**asked.environment, **NO_HISTORY},
        terminal=asked.terminal,
    )


def _spec(application: Application, target: HomeTarget, service: str) -> ContainerSpec:
    """Of the service's container that serves; of the released one when none runs."""
    objects = target.service_objects(application.root, service)
    if not objects:
        check_service(application, service)
        raise not_released(application, service, up(application))
    serves = _live(application, target, service)
    return target.drivers.spec(next((one for one in objects if one["name"] == serves), objects[0]))


def up(application: Application) -> str:
    """The command that releases there."""
    return f"homeport up {application.target_name}"


def _live(application: Application, target: HomeTarget, service: str) -> str:
    return live(target.home, target.drivers.gateway, application.name, application.target_name, service)
