"""What stands on a target: `homeport status` and `homeport logs`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.answers import Answer
from homeport.deploy.application import Application
from homeport.deploy.services import check_service, not_running
from homeport.deploy.ways import Part, way_of
from homeport.errors import CloudFailed, GatewayFailed
from homeport.home.container.running import log_lines, running
from homeport.releases.record import Release
from homeport.targets import HomeTarget, Target


@dataclass(frozen=True, slots=True)
class Status:
    """An application on a target: its last release, its containers, and what its routes answer (`problem` if not).

    `registry_backup` is when the server's registry was last backed up as a whole, in ISO 8601; None if never.
    """

    application: str
    target: str
    host: str
    release: Release | None
    last_attempt: Release | None
    containers: tuple[Part, ...]
    answers: tuple[Answer, ...]
    problem: str = ""
    registry_backup: str | None = None


def status(application: Application, target: Target) -> Status:
    """Asks what runs and every route; takes no lock and runs no Terraform."""
    way = way_of(target)
    answers: tuple[Answer, ...] = ()
    problem = ""
    last = target.last_release(application.name, application.target_name)
    if last is not None:
        try:
            answers = way.verify(last.configuration)
        except (GatewayFailed, CloudFailed) as error:
            problem = str(error)
    return Status(
        application=application.name,
        target=application.target_name,
        host=target.address,
        release=last,
        last_attempt=target.last_attempt(application.name, application.target_name),
        containers=way.running(application),
        answers=answers,
        problem=problem,
        registry_backup=way.registry_backup(),
    )


def logs(
    application: Application, target: HomeTarget, service: str | None, *, lines: int, follow: bool
) -> Iterator[tuple[str, str]]:
    """Log lines of one service or of all, each with its service's name. Raises Refused for one that does not run."""
    present = running(target.home, application.name, application.target_name)
    if service:
        check_service(application, service, (one.service for one in present))
    found = [one for one in present if service in (None, one.service)]
    if not found:
        raise not_running(application, service or "container", (one.service for one in present))
    return log_lines(target.home.docker, found, lines=lines, follow=follow)
