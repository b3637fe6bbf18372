"""A new container starts beside the old one and takes over from it; the old one ends what it has in hand.

A kill leaves one of these, and the next call goes on from it: the next one made or running; the old one renamed; both
renamed, and the old one still running.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from docker.errors import APIError, NotFound

from homeport.errors import Interrupted
from homeport.events import Emit, Event
from homeport.home.container import restart_policy
from homeport.home.container.finding import Finder, Inspection
from homeport.home.container.health import wait_until_healthy
from homeport.home.container.making import NEXT, Maker
from homeport.home.container.removing import LEAVING, stop_and_remove
from homeport.home.container.replacing import Care, start_again
from homeport.home.container.spec import ContainerSpec
from homeport.home.engine import Engine
from homeport.home.gateway import never


@dataclass(frozen=True, slots=True)
class StartFirst:
    """Replaces containers that have nothing which only one can have."""

    finder: Finder
    maker: Maker
    care: Care

    def replace(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> Inspection:
        """A healthy container of the spec under `name`, as the engine sees it.

        Raises what went wrong; the old one then goes on. Raises Interrupted when stopped before the new one started:
        after that it is in its place, and what the old one has in hand gets less time to end.
        """
        with self.care.held(name, stopped):
            found = self._alike(name, spec)
            if found is None:
                found = self._next(name, spec, stopped, emit)
                self._rename(name)
                emit(Event("container", spec.service, "took over; the old one ends what it has in hand"))
            self.let_go(name, spec, stopped, emit)
        return found

    def let_go(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> None:
        """Let the one that had this name end what it has in hand, and remove it; nothing where it is gone."""
        leaving, began = name + LEAVING, time.monotonic()
        if self.finder.inspect(leaving) is None:
            return
        answered = self.care.answers(name)
        with suppress(APIError, Interrupted):  # it has ended, or nobody waits for it any more
            self.care.settle(leaving, stopped)
        stop_and_remove(self._docker, leaving, seconds=0)
        if answered and not self.care.answers(name):  # by the old one, which was started anew and took everything back
            self._docker.restart(name, timeout=0)
        emit(Event("container", spec.service, f"the old one ended after {time.monotonic() - began:.1f} s", "done"))

    def _alike(self, name: str, spec: ContainerSpec) -> Inspection | None:
        """The container of that name, if it runs and is as the spec says."""
        found = self.finder.inspect(name)
        if found is None or not found["State"]["Running"] or self.finder.differences(spec, found):
            return None
        return found if found["Config"]["Labels"].get("homeport.config") == spec.config() else None

    def _next(self, name: str, spec: ContainerSpec, stopped: Callable[[], bool], emit: Emit) -> Inspection:
        """The next one, healthy: one that a kill left running has taken over already, and is not started anew."""
        try:
            if self._alike(name + NEXT, spec) is None:
                self.maker.create(spec, name + NEXT)
                if stopped():
                    raise Interrupted(f"Stopped before {spec.service} was replaced.")
                self.maker.run(spec, name + NEXT)
            return wait_until_healthy(self.finder, name + NEXT, spec, never)
        except BaseException:
            self._give_back(name, spec, emit)
            raise

    def _give_back(self, name: str, spec: ContainerSpec, emit: Emit) -> None:
        """The old one goes on; it is started anew only where the next one had taken over already."""
        stop_and_remove(self._docker, name + NEXT, seconds=0)
        if self.care.answers(name):
            emit(Event("container", spec.service, "was not replaced: the old one goes on", "warning"))
            return
        start_again(self._docker, name, spec.service, emit)

    def _rename(self, name: str) -> None:
        """From here on the engine starts the next one, and the old one no more: it would take everything back."""
        stop_and_remove(self._docker, name + LEAVING, seconds=0)  # of a replacement before, which was cut off
        self._docker.update_container(name + NEXT, restart_policy=restart_policy.ALWAYS)
        with suppress(NotFound):  # somebody removed it by hand meanwhile
            self._docker.update_container(name, restart_policy=restart_policy.NEVER)
            self._docker.rename(name, name + LEAVING)
        self._docker.rename(name + NEXT, name)

    @property
    def _docker(self) -> Engine:
        return self.finder.home.docker
