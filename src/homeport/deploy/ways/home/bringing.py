"""The images of a release on a home server: built from the sources there, or copied from another server."""

from __future__ import annotations

from collections.abc import Mapping

from homeport.deploy.application import Application
from homeport.deploy.images import ApplicationImages
from homeport.deploy.stoppable import stoppable
from homeport.deploy.upkeep import trim_build_cache
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.oci import Copy, Reference
from homeport.targets import HomeTarget, Target


def built(application: Application, target: HomeTarget, emit: Emit) -> dict[str, str]:
    """Every image by name, built and pushed where the server's registry does not know it."""
    with stoppable(emit) as stopped:
        images = ApplicationImages.of(application, target, emit, stopped).ensure()
    if any(one.built for one in images.values()):
        trim_build_cache(target, emit)
    return {name: str(one.reference) for name, one in images.items()}


def looked_up(application: Application, target: HomeTarget, emit: Emit) -> dict[str, str]:
    """Every image by name; one that would have to be built gets a digest that stands for it, and is said."""
    with stoppable(emit) as stopped:
        return ApplicationImages.of(application, target, emit, stopped).look(emit)


def not_ahead(place: str) -> Refused:
    """Nothing of AWS's is away while a server at home is."""
    return Refused(
        f"{place} is a home server; what is sent ahead is sent to AWS.",
        next_step="Leave out --ahead, or name a target of kind aws.",
    )


def copied(images: Mapping[str, str], source: Target, target: HomeTarget, emit: Emit) -> None:
    """From one server's registry to the other's: by digest, so that it is the same image there."""
    if source.base_id == target.base_id:
        return
    with stoppable(emit) as stopped:
        copy = Copy(source.registry(), target.registry(), stopped.is_set)
        for name, image in images.items():
            emit(Event("image", name, f"copied to {target.called}", "start"))
            emit(Event("image", name, str(copy.image(Reference.parse(image))), "done"))
