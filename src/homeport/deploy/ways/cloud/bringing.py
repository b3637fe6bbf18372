"""The images of a release on AWS: none is built for it; they are what another target has."""

from __future__ import annotations

from homeport.deploy.application import Application
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.targets import CloudTarget, Target


def refuse_to_build(application: Application) -> Refused:
    """AWS runs what was seen to work elsewhere, so its images come by a promotion only."""
    place = application.target_name
    return Refused(
        f"Nothing is built for {place}: it takes the images of a target where they run already.",
        next_step=f"Release at home, then promote that: homeport promote {_home_of(application)} {place}",
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
    target.take_images_from(source.registry())


def _home_of(application: Application) -> str:
    """A target that images can come from, by name."""
    targets = application.manifest.targets.items()
    return next((name for name, target in targets if target.kind == "docker"), "FROM")
