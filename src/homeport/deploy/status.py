"""What stands on a target: `homeport status`."""

from __future__ import annotations

from dataclasses import dataclass

from homeport.deploy.answers import Answer
from homeport.deploy.application import Application
from homeport.deploy.ways import Part, way_of
from homeport.errors import CloudFailed, GatewayFailed
from homeport.releases.record import Release
from homeport.targets import Target


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
