"""Commands beside an application, with a person or a script at the other end: `run`, `exec` and `psql`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from homeport.deploy.application import Application
from homeport.deploy.services import check_service, not_running
from homeport.errors import Refused
from homeport.events import Emit
from homeport.home.container import ContainerSpec
from homeport.home.container.running import live, running
from homeport.home.session import Session, executing
from homeport.targets import HomeTarget

__all__ = ["Asked", "Session", "execute", "psql", "run"]

# psql would keep what is typed in the Postgres container's home: everybody's, in one file.
NO_HISTORY = {"PSQL_HISTORY": "/dev/null"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, and the terminal that it gets: none, or one with these variables (TERM)."""

    command: Sequence[str]
    terminal: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


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
        raise not_running(application, service, present)
    return executing(target.home, container, asked.command, environment=asked.environment, terminal=asked.terminal)


def psql(
    application: Application, target: HomeTarget, asked: Asked, *, as_owner: bool
) -> AbstractContextManager[Session]:
    """psql with the options `asked.command`, on the application's database; Postgres trusts its own container, so
    there is no password. Raises Refused where there is no database."""
    database = target.database(application.root)
    if database is None:
        raise Refused(
            f"{application.name} has no database on {application.target_name}.",
            next_step=f"Add `database:` to homeport.yaml, then run: homeport up {application.target_name}",
        )
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
        raise Refused(
            f"{service} of {application.name} was not yet released on {application.target_name}.",
            next_step=f"Run: homeport up {application.target_name}",
        )
    serves = _live(application, target, service)
    return target.drivers.spec(next((one for one in objects if one["name"] == serves), objects[0]))


def _live(application: Application, target: HomeTarget, service: str) -> str:
    return live(target.home, target.drivers.gateway, application.name, application.target_name, service)
