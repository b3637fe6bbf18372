"""Where a rehearsal stands: an emulator of AWS, a registry that images are built into, and an environment in which
Amazon's SDK and Terraform find nothing else. All of it is gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGTERM
from types import FrameType

import docker

from homeport import cache
from homeport.aws.emulator import Running, emulator
from homeport.aws.emulator.engine import left_of, open_engine
from homeport.aws.emulator.settings import SOCKET
from homeport.build import Builder, Images
from homeport.deploy.application import Application
from homeport.deploy.images import ApplicationImages
from homeport.deploy.passing_registry import passing_registry
from homeport.deploy.stoppable import stoppable
from homeport.events import Emit, Event
from homeport.home import disk
from homeport.home import engine as home_engine
from homeport.home.home import Home
from homeport.host import connect
from homeport.machine import ServiceImages, ensure_images
from homeport.manifest import AwsTarget
from homeport.oci import Registry
from homeport.secret import Secret
from homeport.signals import handling


@dataclass(frozen=True, slots=True)
class Engine:
    """This machine's engine, with the images on it that a rehearsal needs."""

    client: docker.APIClient
    images: ServiceImages

    @classmethod
    def ready(cls, emit: Emit) -> Engine:
        """Raises EngineFailed without one; Refused where an image can be neither pulled nor built."""
        client = open_engine()
        return cls(client, ensure_images(client, emit, source=None))


@dataclass(frozen=True, slots=True)
class Stage:
    """An emulator that answers, and a registry beside it."""

    engine: Engine
    running: Running
    registry: Registry

    def build(self, application: Application, secrets: Mapping[str, Secret], emit: Emit) -> dict[str, str]:
        """Every image by name, built on this machine's engine, whose cache makes it quick, and pushed."""
        client, images = self.engine.client, self.engine.images
        host = connect("local")
        room = partial(disk.require_room, Home(host, "", "", home_engine.engine(host)))
        with stoppable(emit) as stopped:
            builder = Builder(Path(SOCKET.removeprefix("unix://")), emit=emit, stopped=stopped)
            made = Images(client, builder, self.registry, self.registry.name, images.substitutes, emit, room)
            built = ApplicationImages(application, made, images.flyway, secrets.__getitem__).ensure()
        return {name: str(one.reference) for name, one in built.items()}


@contextmanager
def stage(engine: Engine, target: AwsTarget, emit: Emit) -> Iterator[Stage]:
    """An emulator of the target's account and region while the block runs; taking it away is not interrupted.

    Raises Refused without ministack; CloudFailed or EngineFailed where something does not start.
    """
    with ExitStack() as stack:
        ending = stack.enter_context(_uninterrupted(emit))
        running = stack.enter_context(_emulator(engine, target, emit))
        emit(Event("aws", "emulator", f"answers on {running.api}, and to containers on the Docker bridge", "done"))
        stack.enter_context(running.entered(**_places(running.folder)))
        registry = stack.enter_context(passing_registry(engine.client, engine.images.registry, running.labels))
        stack.callback(ending)
        yield Stage(engine, running, registry)


@contextmanager
def _emulator(engine: Engine, target: AwsTarget, emit: Emit) -> Iterator[Running]:
    """The emulator; afterwards it is looked whether it is gone, however the block ends."""
    instance = ""
    try:
        with emulator(postgres=engine.images.postgres, region=target.region, account=target.account) as running:
            instance = running.instance
            yield running
    finally:
        if instance:
            _tell_what_is_left(left_of(engine.client, instance), emit)


def _tell_what_is_left(names: Sequence[str], emit: Emit) -> None:
    if names:
        emit(Event("aws", "emulator", f"could not be removed: {', '.join(names)}", "warning"))
    else:
        emit(Event("aws", "emulator", "gone, with its containers, volumes and images", "done"))


def _places(folder: Path) -> dict[str, str]:
    """What is kept from one command to the next lies in a folder that goes with the emulator: no state or lock of a
    real account is met. Terraform's plugins alone are kept, where they are not yet, because they are large."""
    plugins = cache.folder() / "terraform-plugins"
    places = {"XDG_CACHE_HOME": str(folder / "cache")}
    if "TF_PLUGIN_CACHE_DIR" in os.environ:
        return places
    plugins.mkdir(parents=True, exist_ok=True)
    # A root of ours has no lock file at first, without which Terraform would leave the cache alone.
    return places | {"TF_PLUGIN_CACHE_DIR": str(plugins), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "true"}


@contextmanager
def _uninterrupted(emit: Emit) -> Iterator[Callable[[], None]]:
    """Gives what is called when the end begins: from then on, Ctrl-C is told to wait."""

    def handle(number: int, frame: FrameType | None) -> None:
        emit(Event("stop", "", "already taking the rehearsal away"))

    with ExitStack() as handled:

        def ending() -> None:
            handled.enter_context(handling((SIGINT, SIGTERM), handle))
            emit(Event("aws", "emulator", "taking it away", "start"))

        yield ending
