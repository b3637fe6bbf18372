"""A new container of the base in the place of the old one, with the shortest silence that the engine allows.

Two containers cannot publish one port nor have one address, so the old one has to stop before the new one starts. All
else is done before: the image is there and the container is created. The old one is kept until the new one is healthy,
and runs again when that fails.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import docker
from docker.errors import APIError, NotFound

from homeport.errors import HomeportError, Interrupted
from homeport.events import Emit, Event
from homeport.home.container.finding import Finder, Inspection
from homeport.home.container.health import wait_until_healthy
from homeport.home.container.making import NEXT, Maker
from homeport.home.container.removing import stop_and_remove
from homeport.home.container.spec import ContainerSpec

STOP_SECONDS = 60  # Postgres writes what it holds in memory; the others have ended their requests by then

# Brings a service to where a stop costs least: ends requests, writes to disk. Takes its name and `stopped`.
Settle = Callable[[str, Callable[[], bool]], None]


@dataclass(frozen=True, slots=True)
class Replacer:
    """Replaces containers whose names are fixed."""

    finder: Finder
    maker: Maker
    settle: Settle

    def replace(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> Inspection:
        """A healthy container of the spec under `name`, as the engine sees it.

        Raises what went wrong; the old one then runs again. Raises Interrupted when stopped: before the old one was
        touched, or once it runs again.
        """
        self.maker.create(spec, name + NEXT)
        if stopped():
            self._forget(name + NEXT)
            raise Interrupted(f"Stopped before {spec.service} was replaced.")
        began = time.monotonic()
        try:
            found = self._hand_over(name, spec, stopped, emit)
        except BaseException:
            self._put_back(name, spec, emit)
            raise
        emit(Event("container", spec.service, f"replaced; it was away for {time.monotonic() - began:.1f} s", "done"))
        stop_and_remove(self._docker, name)
        self._docker.rename(name + NEXT, name)
        return found

    def _hand_over(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> Inspection:
        try:
            self.settle(spec.service, stopped)
        except Interrupted:
            raise
        except HomeportError as error:  # what it does not answer it cannot lose
            emit(Event("container", spec.service, f"is stopped as it is: {error.message}", "warning"))
        with suppress(NotFound):  # somebody removed it by hand meanwhile
            self._docker.stop(name, timeout=0 if spec.service == "gateway" else STOP_SECONDS)
        self.maker.run(spec, name + NEXT)
        return wait_until_healthy(self.finder, name + NEXT, spec, stopped)

    def _put_back(self, name: str, spec: ContainerSpec, emit: Emit) -> None:
        self._forget(name + NEXT)
        try:
            self._docker.restart(name, timeout=0)
        except APIError as failure:
            emit(Event("container", spec.service, f"does not start again: {failure.explanation}", "warning"))
            return
        emit(Event("container", spec.service, "was not replaced: the old one runs again", "warning"))

    def _forget(self, name: str) -> None:
        stop_and_remove(self._docker, name, seconds=0)

    @property
    def _docker(self) -> docker.APIClient:
        return self.finder.home.docker
