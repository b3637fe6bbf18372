"""The images of a release on AWS: none is built for it; they are what another target has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeport.aws.repositories import missing_repositories
from homeport.deploy.application import Application
from homeport.deploy.stoppable import stoppable
from homeport.deploy.ways.cloud import checks
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.oci import Reference, Registry
from homeport.stack.cloud_application import repository_addresses
from homeport.targets import CloudTarget, Target


def refuse_to_build(application: Application) -> Refused:
    """AWS runs what was seen to work elsewhere, so its images come by a promotion only."""
    return Refused(
        f"Nothing is built for {application.target_name}: it takes the images of a target where they run already.",
        next_step=f"Release at home, then promote that: {promotion(application)}",
    )


def looked_up(application: Application, target: CloudTarget, emit: Emit) -> dict[str, str]:
    """The images of the last release: with them, a plan shows what the manifest changes. Raises Refused without."""
    last = target.last_release(application.name, application.target_name)
    if last is None or set(application.images) - last.images.keys():
        raise refuse_to_build(application)
    emit(Event("plan", application.name, f"with the images of release {last.number}; a promotion brings others"))
    return {name: last.images[name] for name in application.images}


def from_source(source: Target, target: CloudTarget) -> None:
    """Terraform copies in the graph, and only what ECR does not have: here it learns from where."""
    if source.base_id != target.base_id:  # otherwise they were sent ahead
        target.take_images_from(source.registry())


def needed_ahead(target: CloudTarget, configuration: Mapping[str, Any]) -> tuple[str, ...]:
    """The repositories that its images need and that ECR does not have, by their addresses in the root."""
    addresses = repository_addresses(configuration)
    return tuple(addresses[name] for name in missing_repositories(target.session, addresses))


def send_ahead(
    application: Application, images: Mapping[str, str], source: Registry, target: CloudTarget, emit: Emit
) -> None:
    """Copy them to ECR by digest; what is there already is not sent again."""
    place, platform = application.target_name, application.manifest.platform
    target.take_images_from(source)
    with stoppable(emit, "what was sent stays, and is not sent again") as stopped:
        for image in images.values():
            wanted = checks.wanted(Reference.parse(image), place, platform)
            target.drivers.images.ensure(wanted, stopped=stopped.is_set, emit=emit)


def promotion(application: Application) -> str:
    """The command that releases there."""
    return f"homeport promote {checks.home_of(application) or 'FROM'} {application.target_name}"
