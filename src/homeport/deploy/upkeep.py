"""What a release leaves behind is kept to a budget: images that nothing returns to, and what builds keep."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from homeport.deploy.application import Application
from homeport.errors import HomeportError
from homeport.events import Emit, Event
from homeport.home import build_cache, images, registry
from homeport.home.disk import gigabytes
from homeport.targets import HomeTarget

RELEASES_KEPT = 3  # of each target of the application, the newest included: rolling back to these pulls nothing


def tidy(application: Application, images_now: Collection[str], target: HomeTarget, emit: Emit) -> None:
    """Remove local images of the application beyond the budget, and say so; `images_now` are those of the release that
    is being made. A failure is told, and fails nothing."""
    prefix = registry.prefix(target.base.registry_port)
    try:
        with ThreadPoolExecutor(1) as pool:  # each is a way to the server and back
            asked = pool.submit(images.local_images, target.home, prefix, application=application.name)
            wanted, present = {*images_now, *_kept(application, target)}, asked.result()
        # One that was built and not pushed is left alone: another release may be about to push it.
        left_over = images.superfluous([image for image in present if image.is_pushed], wanted)
        removed = images.remove_local(target.home, prefix, left_over)
    except HomeportError as error:
        emit(Event("upkeep", application.name, f"old images stay: {error.message}", "warning"))
        return
    if removed:
        which = "1 old image" if removed == 1 else f"{removed} old images"
        emit(Event("upkeep", application.name, f"{which} removed from the engine", "done"))


def trim_build_cache(target: HomeTarget, emit: Emit) -> None:
    """After a build: what the cache of builds has over its budget goes. A failure is told, and fails nothing."""
    try:
        most = build_cache.budget()
        freed = build_cache.keep_to(target.home, most) if most else 0
    except HomeportError as error:
        emit(Event("upkeep", "builds", error.message, "warning"))
        return
    if freed:
        text = f"{gigabytes(freed)} of the cache of builds removed: it is kept to {gigabytes(most)}"
        emit(Event("upkeep", "builds", text, "done"))


def _kept(application: Application, target: HomeTarget) -> Iterator[str]:
    """The images of the last releases that succeeded, of every target of the application on this server."""
    for root in target.host.files.list(target.home.path("releases")):
        name, _, place = root.partition(".")
        if name == application.name:
            yield from _recent(name, place, target, RELEASES_KEPT - (place == application.target_name))


def _recent(application: str, place: str, target: HomeTarget, count: int) -> Iterator[str]:
    newest = target.newest_releases(application, place)
    for release in islice((one for one in newest if one.result == "succeeded"), count):
        yield from release.images.values()
