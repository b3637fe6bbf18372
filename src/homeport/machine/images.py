"""The images of the services that a base stands on: official ones, or built on the server."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import docker

from homeport.events import Emit, Event
from homeport.host import Host, LocalHost
from homeport.machine import official
from homeport.machine.authorities import authorities_of
from homeport.machine.base import make_base
from homeport.machine.builder import build, is_there
from homeport.machine.recipes import BASE, LANES, Recipes, recipes
from homeport.room import Room, unlimited

Source = Literal["official", "built"]


@dataclass(frozen=True, slots=True)
class ServiceImages:
    """References of images that are on the engine now.

    `substitutes` maps names that a Dockerfile's FROM may give to images that stand in for them; empty
    where the official ones can be pulled.
    """

    source: Source
    registry: str
    postgres: str
    gateway: str
    flyway: str
    substitutes: dict[str, str] = field(default_factory=dict)


# What an image takes, in megabytes, as `docker image ls` says, rounded up: official or built, whichever is larger.
MEGABYTES = {"base": 80, "flyway": 450, "postgres": 460, "registry": 105, "gateway": 90, "nginx": 90, "python": 130}


def ensure_images(
    client: docker.APIClient, emit: Emit, *, source: Source | None, room: Room = unlimited, host: Host | None = None
) -> ServiceImages:
    """Pull or build on the host, whose engine `client` is, what is missing; quick and silent when nothing is.

    Without a source it is chosen by a short try of the public registry. Raises Refused where nothing can be
    built or the disk has no room, BuildFailed or EngineFailed where it fails.
    """
    told = _one_at_a_time(emit)
    chosen = source or choose_source(client, told)
    there = host or LocalHost()
    _require_room(client, there, chosen, room)
    return ensure_official(client, told) if chosen == "official" else ensure_built(client, there, told)


def _require_room(client: docker.APIClient, host: Host, source: Source, room: Room) -> None:
    """For all images that are missing together: half of a base is of no use."""
    missing = [name for name, image in wanted_images(source, host).items() if not is_there(client, image)]
    if missing:
        room(f"Getting the service images {', '.join(missing)}", sum(MEGABYTES[name] for name in missing) * 10**6)


def wanted_images(source: Source, host: Host) -> dict[str, str]:
    """The references by name that this homeport takes from that source for a host, whether they are there or not."""
    if source == "official":
        return dict(official.OFFICIAL)
    made = recipes(authorities_of(host))
    return {BASE: made.base.image, **{name: recipe.image for name, recipe in made.services.items()}}


def choose_source(client: docker.APIClient, emit: Emit) -> Source:
    """`official` if the engine can reach the public registry, else `built`; says which and why."""
    emit(Event("image", "source", f"asking the public registry (at most {official.TRY_SECONDS} s)", "start"))
    if official.can_reach(client):
        emit(Event("image", "source", "official images", "done"))
        return "official"
    emit(Event("image", "source", "it does not answer: images are built from Debian and Maven packages", "done"))
    return "built"


def ensure_official(client: docker.APIClient, emit: Emit) -> ServiceImages:
    for name in official.OFFICIAL:
        official.pull(client, name, emit)
    return ServiceImages(
        source="official",
        registry=official.OFFICIAL["registry"],
        postgres=official.OFFICIAL["postgres"],
        gateway=official.OFFICIAL["gateway"],
        flyway=official.OFFICIAL["flyway"],
    )


def ensure_built(client: docker.APIClient, host: Host, emit: Emit) -> ServiceImages:
    private = authorities_of(host)
    wanted = recipes(private)
    everything = (wanted.base, *wanted.services.values())
    if not all(is_there(client, recipe.image) for recipe in everything):
        _ensure_base(client, host, wanted, private, emit)
        _build_lanes(client, wanted, emit)
    return _built(wanted)


def _built(made: Recipes) -> ServiceImages:
    images = {BASE: made.base.image, **{name: recipe.image for name, recipe in made.services.items()}}
    return ServiceImages(
        source="built",
        registry=images["registry"],
        postgres=images["postgres"],
        gateway=images["gateway"],
        flyway=images["flyway"],
        substitutes={name: images[recipe] for recipe, names in official.SUBSTITUTES.items() for name in names},
    )


def _ensure_base(client: docker.APIClient, host: Host, wanted: Recipes, private: tuple[str, ...], emit: Emit) -> None:
    if is_there(client, wanted.base.image):
        return
    started = time.monotonic()
    emit(Event("image", BASE, "making a small Debian", "start"))
    make_base(host, wanted.base, private, emit)
    emit(Event("image", BASE, f"made in {time.monotonic() - started:.1f} s", "done"))


def _build_lanes(client: docker.APIClient, wanted: Recipes, emit: Emit) -> None:
    stop = threading.Event()

    def build_lane(lane: Sequence[str]) -> None:
        for name in lane:
            build(client, wanted.services[name], wanted.base.image, emit, stop)

    _together([partial(build_lane, lane) for lane in LANES], stop)


def _together(tasks: Sequence[Callable[[], None]], stop: threading.Event) -> None:
    """Run all; the first failure, or Ctrl-C, sets `stop` for the others and is raised."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(task) for task in tasks]
        try:
            ended, _ = wait(running, return_when=FIRST_EXCEPTION)
            failures = [task.exception() for task in ended if task.exception()]
            if failures and failures[0]:
                raise failures[0]
        finally:
            stop.set()


def _one_at_a_time(emit: Emit) -> Emit:
    lock = threading.Lock()

    def told(event: Event) -> None:
        with lock:
            emit(event)

    return told
