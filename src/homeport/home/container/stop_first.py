"""The old container stops and the new one starts, with the shortest silence that the engine allows.

All else is done before: the image is there and the container is created. The old one is kept until the new one is
healthy, and runs again when that fails.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from docker.errors import NotFound

from homeport.errors import HomeportError, Interrupted
from homeport.events import Emit, Event
from homeport.home.container.finding import Finder, Inspection
from homeport.home.container.health import wait_until_healthy
from homeport.home.container.making import NEXT, Maker
from homeport.home.container.removing import stop_and_remove
from homeport.home.container.replacing import Care, start_again
from homeport.home.container.spec import ContainerSpec
from homeport.home.engine import Engine
from homeport.home.gateway import never
from homeport.home.gateway.switch import wait_until_none

ANSWERS_WITHIN = timedelta(seconds=20)  # the next look at the base waits longer, and says why it does not


@dataclass(frozen=True, slots=True)
class StopFirst:
    """Replaces containers that have a port of the server or an address of their own."""

    finder: Finder
    maker: Maker
    care: Care

    def replace(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> Inspection:
        """A healthy container of the spec under `name`, as the engine sees it.

        Raises what went wrong; the old one then runs again. Raises Interrupted when stopped: before the old one was
        touched, or once it runs again.
        """
        self.maker.create(spec, name + NEXT)
        try:
            if stopped():
                raise Interrupted(f"Stopped before {spec.service} was replaced.")
            self._settle(name, spec, stopped, emit)
            with self.care.held(name, stopped) as began:
                found = self._turn(name, spec, stopped, emit)
        except BaseException:
            self._forget(name + NEXT)
            raise
        emit(Event("container", spec.service, f"replaced; it was away for {time.monotonic() - began:.1f} s", "done"))
        stop_and_remove(self._docker, name)
        self._docker.rename(name + NEXT, name)
        return found

    def _settle(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> None:
        try:
            self.care.settle(name, stopped)
        except Interrupted:
            raise
        except HomeportError as error:  # what it does not answer it cannot lose
            emit(Event("container", spec.service, f"is stopped as it is: {error.message}", "warning"))

    def _turn(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> Inspection:
        try:
            with suppress(NotFound):  # somebody removed it by hand meanwhile
                self._docker.stop(name, timeout=self.care.stop_seconds)
            self.maker.run(spec, name + NEXT)
            found = wait_until_healthy(self.finder, name + NEXT, spec, stopped)
            self._wait_until_it_answers(name + NEXT)
        except BaseException:
            self._forget(name + NEXT)
            start_again(self._docker, name, spec.service, emit)
            with suppress(HomeportError):
                self._wait_until_it_answers(name)
            raise
        return found

    def _wait_until_it_answers(self, container: str) -> None:
        """Those who were held go on afterwards."""
        wait_until_none(lambda: not self.care.answers(container), ANSWERS_WITHIN, never)

    def _forget(self, name: str) -> None:
        stop_and_remove(self._docker, name, seconds=0)

    @property
    def _docker(self) -> Engine:
        return self.finder.home.docker
