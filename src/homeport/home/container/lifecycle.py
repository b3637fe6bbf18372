"""The life of a container: made or adopted, looked at, removed.

The rules are those that a release needs to survive a kill at any moment: a candidate that did not become healthy is
removed; one that already runs and carries the same configuration is adopted by giving it a new name, so that the
object which had the old name finds nothing and removes nothing; a container that serves is never removed.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from homeport.errors import HomeportError
from homeport.events import Emit, Event
from homeport.home.container import restart_policy
from homeport.home.container.address import address_on
from homeport.home.container.finding import Environment, Finder, Inspection
from homeport.home.container.health import wait_until_healthy
from homeport.home.container.making import NEXT, Maker
from homeport.home.container.one_off import OneOffs
from homeport.home.container.removing import LEAVING, Remover, stop_and_remove
from homeport.home.container.replacing import Care, starts_first
from homeport.home.container.spec import ContainerSpec
from homeport.home.container.start_first import StartFirst
from homeport.home.container.stop_first import StopFirst
from homeport.home.gateway import Gateway
from homeport.home.home import Home

CANDIDATE_STOP_SECONDS = 2  # it served nobody, and a person waits


@dataclass(frozen=True, slots=True)
class Kept:
    """A container that is there: its name, its fixed address (empty without the edge network), and what was changed
    in it by hand, in words."""

    name: str
    address: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Containers:
    """The containers of one installation. `pull` fetches an image that the engine lacks; `environment` and `outdated`
    are the Finder's, `gateway` is the Remover's, `care` is what a service of the base needs while it is replaced;
    `holder` names this process in the locks it takes."""

    home: Home
    gateway: Callable[[], Gateway]
    pull: Callable[[str], None]
    environment: Environment
    outdated: Callable[[ContainerSpec], set[str]]
    care: Callable[[str], Care]
    holder: str

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.home, self.environment, self.outdated)

    @cached_property
    def remover(self) -> Remover:
        return Remover(self.home, self.gateway)

    @cached_property
    def one_offs(self) -> OneOffs:
        return OneOffs(self.finder, self.holder)

    def create(self, spec: ContainerSpec, *, stopped: Callable[[], bool], emit: Emit, may_adopt: bool = True) -> Kept:
        """A healthy container of the spec: adopted if one runs already and that may be, else new.

        Raises CandidateFailed, RegistryFailed or Interrupted; then nothing of the attempt is left, unless it serves.
        """
        with ThreadPoolExecutor(1) as pool:  # each is a way to the server and back
            alike = pool.submit(self.finder.ours, **spec.labels())
            self.ensure_image(spec.image)
        name = spec.new_name(self.home.instance)
        found = self._adoptable(spec, alike.result()) if may_adopt else None
        if found is None:
            seen = Maker(self.finder, self.holder).start(spec, name)
            emit(Event("container", spec.service, "started", "start"))
        else:
            seen = found
            self._adopt(found["Name"].lstrip("/"), name)
            emit(Event("container", spec.service, "adopted the one that runs already"))
            if starts_first(spec) and spec.is_base:  # a replacement was cut off between its two new names
                care = self.care(spec.service)
                with care.held(name, stopped):
                    StartFirst(self.finder, Maker(self.finder, self.holder), care).let_go(name, spec, stopped, emit)
        return self._healthy(spec, name, seen, stopped, emit)

    def replace(self, name: str, spec: ContainerSpec, *, stopped: Callable[[], bool], emit: Emit) -> Kept:
        """A container of the base in the place of the one called `name`. Raises as `create` does, or EngineFailed; the
        old one then runs."""
        self.ensure_image(spec.image)
        order = StartFirst if starts_first(spec) else StopFirst
        replacing = order(self.finder, Maker(self.finder, self.holder), self.care(spec.service))
        found = replacing.replace(name, spec, stopped, emit)
        return self._kept(name, spec, found)

    def look(self, name: str, spec: ContainerSpec) -> Kept | None:
        """The container as it is now; None when it is gone or does not run."""
        found = self.finder.inspect(name)
        if found is None or not found["State"]["Running"]:
            return None
        return Kept(name, self.finder.address(found, spec), tuple(self.finder.differences(spec, found)))

    def remove(self, name: str, spec: ContainerSpec, *, stopped: Callable[[], bool], emit: Emit) -> None:
        """Stop and remove; no error if it is gone.

        Raises Refused when the gateway sends requests to it; one that is still being drained is waited for.
        """
        is_routed = bool(spec.port) and not spec.is_base
        with ThreadPoolExecutor(1) as pool:  # each is a way to the server and back
            traffic = pool.submit(self.remover.traffic) if is_routed else None
            found = self.finder.inspect(name)
        if found is None:
            return
        if traffic and (address := self.finder.address(found, spec)):
            self.remover.wait_until_unused(spec.service, address, traffic.result(), stopped)
        self.remover.remove(name)
        emit(Event("container", spec.service, f"removed {name}"))

    def ensure_image(self, reference: str) -> None:
        """Fetch the image if the engine lacks it."""
        if self.finder.image(reference) is None:
            self.pull(reference)

    # ------------------------------------------- all of an application's at once

    def present(self, application: str, target: str) -> frozenset[str]:
        """The engine's ids of the application's containers, whatever they are called."""
        return frozenset(one["Id"] for one in self.finder.ours(application=application, target=target))

    def addresses(self, listed: Iterable[Inspection]) -> frozenset[str]:
        """The addresses of listed containers on the edge network, of stopped ones too."""
        edge = self.home.network("edge")
        return frozenset(address_on(one, edge) for one in listed) - {""}

    def sweep(self, application: str, target: str, kept: Iterable[str], emit: Emit) -> None:
        """Remove the application's containers to which no route leads, but for `kept` (names or ids)."""
        self.remove_unneeded(self.finder.ours(application=application, target=target), kept, emit)

    def remove_unneeded(self, listed: Iterable[Inspection], kept: Iterable[str], emit: Emit) -> None:
        """`sweep` of containers that are listed already."""
        wanted = set(kept)
        for one in listed:
            name = one["Names"][0].lstrip("/")
            ip = address_on(one, self.home.network("edge"))
            if wanted & {name, one["Id"]} or (ip and self.remover.is_routed(ip)):
                continue
            if ip:
                self.gateway().retire(ip)
            self.remover.remove(name)
            emit(Event("container", one["Labels"]["homeport.service"], f"removed {name}: nothing needs it"))

    # ------------------------------------------------------------------ creating

    def _adoptable(self, spec: ContainerSpec, alike: Iterable[Inspection]) -> Inspection | None:
        """Of those that carry the spec's hash, one that runs and was not changed by hand: the one that serves first."""
        inspected = (self.finder.inspect(listed["Id"]) for listed in alike)
        candidates = [one for one in inspected if one and _stays(one) and not self.finder.differences(spec, one)]
        return max(candidates, key=lambda one: self.remover.serves_at(self.finder.ip(one), spec), default=None)

    def _adopt(self, present: str, name: str) -> None:
        if present == name:
            return
        if present == name + NEXT:  # a replacement of the base was cut off: what it replaces was stopped
            stop_and_remove(self.home.docker, name)
        self.home.docker.rename(present, name)

    def _healthy(
        self, spec: ContainerSpec, name: str, seen: Inspection, stopped: Callable[[], bool], emit: Emit
    ) -> Kept:
        began = time.monotonic()
        try:
            found = wait_until_healthy(self.finder, name, spec, stopped, seen)
        except HomeportError:
            if not self._serves(name, spec):
                self.remover.remove(name, seconds=CANDIDATE_STOP_SECONDS)
            raise
        emit(Event("container", spec.service, f"healthy after {time.monotonic() - began:.1f} s", "done"))
        return self._kept(name, spec, found)

    def _serves(self, name: str, spec: ContainerSpec) -> bool:
        found = self.finder.inspect(name)
        return found is not None and self.remover.serves_at(self.finder.ip(found), spec)

    def _kept(self, name: str, spec: ContainerSpec, found: Inspection) -> Kept:
        """A container that was seen to be healthy: from now on the engine may start it again."""
        self.home.docker.update_container(name, restart_policy=restart_policy.ALWAYS)
        return Kept(name, self.finder.address(found, spec))


def _stays(found: Inspection) -> bool:
    """Whether it runs and nobody has told it to stop."""
    return bool(found["State"]["Running"]) and not found["Name"].endswith(LEAVING)
