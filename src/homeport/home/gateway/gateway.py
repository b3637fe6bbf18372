"""The gateway: which container answers on a host name and path, and how that changes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from homeport.errors import GatewayFailed, Interrupted, Refused
from homeport.events import Emit, Event, ignore
from homeport.home.gateway.door import Door
from homeport.home.gateway.folder import Contents, Folder, key_of, live_servers, parse_routes
from homeport.home.gateway.key import RouteKey
from homeport.home.gateway.lock import gateway_lock
from homeport.home.gateway.routes import Routes
from homeport.home.gateway.slots import ROUTE, Snapshot
from homeport.home.gateway.switch import Switch, wait_until_none
from homeport.home.gateway.view import View, view
from homeport.home.home import Home

if TYPE_CHECKING:
    from homeport.home.gateway.certificates import Certificates

ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}:\d{1,5}")
EVERYWHERE = ("", "0.0.0.0", "::")
DRAIN = timedelta(seconds=60)
HELD = timedelta(seconds=10)  # others wait meanwhile


class Serving(Enum):
    """What the gateway has to do with an address."""

    NOT = "not"
    DRAINING = "draining"  # no new request, but some are in flight
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Traffic:
    """To which addresses requests go, or may go after a reload, or are in flight; and what HAProxy said of it."""

    serving: Mapping[str, Serving]
    snapshot: Snapshot

    def to(self, address: str) -> Serving:
        return self.serving.get(address, Serving.NOT)


def never() -> bool:
    """A `stopped` for callers that are not stopped."""
    return False


def prepare(home: Home) -> None:
    """Make the folders that the gateway's container mounts. Harmless when they are there."""
    Folder(home).prepare()


class Gateway:
    """The HAProxy in `container`, entered by `port` of the server's `address`: HTTPS with `certificates`, else HTTP."""

    def __init__(
        self,
        home: Home,
        container: str,
        port: int,
        address: str = "127.0.0.1",
        certificates: Certificates | None = None,
    ) -> None:
        self._home = home
        self._container = container
        self._routes = Routes(home, container)
        self.certificates = certificates
        trusted = certificates.trusted if certificates else None
        self.door = Door(home.host, "127.0.0.1" if address in EVERYWHERE else address, port, trusted)

    # ---------------------------------------------------------------- looking

    def look(self, key: RouteKey) -> str | None:
        """The "ip:port" that answers there, or None.

        Two joined by "+" when a switch was cut off; a sentence that begins with "drifted:" when files and
        HAProxy do not agree: neither is an address, so that a plan puts it right.
        """
        return self.look_all([key])[key]

    def look_all(self, keys: Iterable[RouteKey]) -> dict[RouteKey, str | None]:
        """`look` for many, in one round trip."""
        contents, snapshot = self._routes.read()
        return {key: _says(view(key, contents, snapshot)) for key in keys}

    def routes(self) -> dict[RouteKey, str | None]:
        """Every route there is, and what `look` says of it."""
        contents, snapshot = self._routes.read()
        return {key: _says(view(key, contents, snapshot)) for key in _keys(contents, snapshot)}

    def traffic(self) -> Traffic:
        """Where requests go now."""
        contents, snapshot = self._routes.read()
        return Traffic(_serving(contents, snapshot), snapshot)

    def serving(self, address: str) -> Serving:
        """Whether requests go, or may go after a reload, to this "ip:port"."""
        return self.traffic().to(address)

    def serving_addresses(self) -> frozenset[str]:
        """Every address to which requests go or are in flight."""
        return frozenset(self.traffic().serving)

    def wait_until_idle(self, address: str, timeout: timedelta, stopped: Callable[[], bool]) -> Serving:
        """Wait until no request is in flight to a draining address; what it is then.

        Raises Interrupted when stopped.
        """
        wait_until_none(lambda: self.serving(address) is Serving.DRAINING, timeout, stopped)
        now = self.serving(address)
        if now is Serving.DRAINING and stopped():
            raise Interrupted(f"Stopped while requests to {address} ended.")
        return now

    def retire(self, ip: str) -> None:
        """Put the slots to rest that a switch which was cut off left draining at this address.

        HAProxy then closes its idle connections to it, for which a container that stops may wait.
        """
        self._retire(ip, self._routes.runtime.snapshot())

    def retire_unless_serving(self, address: str, seen: Traffic) -> Serving:
        """What `address` was when it was just looked at, and where that is nothing, `retire`, without another look."""
        now = seen.to(address)
        if now is Serving.NOT:
            self._retire(address.rpartition(":")[0], seen.snapshot)
        return now

    def _retire(self, ip: str, snapshot: Snapshot) -> None:
        self._routes.rest(slot for slot in snapshot.slots if slot.address.rpartition(":")[0] == ip)

    # --------------------------------------------------------------- changing

    def switch(self, key: RouteKey, address: str, *, drain: timedelta, stopped: Callable[[], bool], emit: Emit) -> None:
        """Send new requests to `address`, then drain what served before; makes or mends the route.

        Returns once every request in flight to the old version has ended or `drain` has passed.
        Raises GatewayFailed when `address` does not answer through the gateway, and Interrupted when stopped
        before the switch: what served before still serves. Raises StoppedWhileDraining when stopped after it.
        """
        if not ADDRESS.fullmatch(address):
            raise Refused(f"{address!r} is no address that {key} can be switched to: it should be ip:port.")
        certify = self.certificates.renew if self.certificates else never
        Switch(self._routes, self.door, certify, key, address, drain, stopped, emit).run()

    def remove(
        self,
        key: RouteKey,
        address: str,
        *,
        drain: timedelta = DRAIN,
        stopped: Callable[[], bool] = never,
        emit: Emit = ignore,
    ) -> None:
        """Take the route away, drained. Does nothing when another address than this one serves there by now.

        `address` is what `look` said: of a route that drifted it is no address, and the route is removed.
        Raises Interrupted when stopped while draining; another call then goes on.
        """
        serves = self._routes.view(key).address
        if serves and ADDRESS.fullmatch(address) and serves != address:
            return
        self._routes.close(key)
        count = lambda: self._routes.runtime.snapshot().sessions(key)  # noqa: E731 - a question, asked again and again
        left = wait_until_none(count, drain, stopped)
        if left and stopped():
            raise Interrupted(f"Stopped while the last requests of {key} ended; it takes no new ones.")
        self._routes.drop(key)
        emit(Event("route", str(key), "removed"))

    @contextmanager
    def unchanging(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """No route changes, and no switch waits for requests of an old version: another HAProxy may begin.

        Raises Interrupted when stopped before that is so.
        """
        with gateway_lock(self._home, "the gateway's next container"):
            with suppress(GatewayFailed):  # one that does not run has nothing to end
                wait_until_none(lambda: self._routes.runtime.snapshot().draining, DRAIN, stopped)
            if stopped():
                raise Interrupted("Stopped before the gateway was replaced.")
            yield

    @contextmanager
    def holding(self, service: str, in_flight: Callable[[], int], stopped: Callable[[], bool]) -> Iterator[float]:
        """New requests that need the service wait, and those in flight have ended, or had ten seconds to. Gives the
        moment, of `time.monotonic`, since which they wait.

        On leaving, all go on. A gateway that does not run, or cannot hold, lets be what is. Raises Interrupted when
        stopped before that is so.
        """
        runtime = self._routes.runtime
        with gateway_lock(self._home, f"a new {service}, for which requests wait"):
            began = time.monotonic()
            try:
                with suppress(GatewayFailed):
                    if runtime.hold(service):
                        wait_until_none(in_flight, HELD, stopped)
                if stopped():
                    raise Interrupted("Stopped while the last requests in flight ended.")
                yield began
            finally:
                with suppress(GatewayFailed):
                    runtime.let_go(service)

    def in_flight(self) -> int:
        """How many requests are with an application now. Raises GatewayFailed when HAProxy does not run."""
        snapshot = self._routes.runtime.snapshot()
        return sum(slot.sessions for slot in (*snapshot.slots, *snapshot.past))

    def sweep(
        self, kept: Collection[RouteKey], hosts: Collection[str], containers: Callable[[], Collection[str]], emit: Emit
    ) -> None:
        """Remove an application's routes that no state knows: those that lead to its containers only (addresses
        without a port), and those of its hosts that were begun and lead nowhere.
        """
        contents, snapshot = self._routes.read()
        theirs = set(containers())
        for key in _keys(contents, snapshot):
            addresses = _addresses(view(key, contents, snapshot))
            is_theirs = addresses <= theirs if addresses else key.host in hosts
            if is_theirs and key not in kept:
                self.remove(key, self.look(key) or "", emit=emit)


def _keys(contents: Contents, snapshot: Snapshot) -> Iterator[RouteKey]:
    """Every route that is on disk or runs. What a person wrote is no route of ours."""
    begun = {key.prefix for key in map(key_of, contents.files.values()) if key}
    for prefix in sorted({*begun, *parse_routes(contents.map), *snapshot.routes}):
        with suppress(Refused):
            yield RouteKey.of_prefix(prefix)


def _addresses(found: View) -> set[str]:
    """Where a route leads, now or after a reload; without ports."""
    leads_to = {slot.address for slot in found.ready} | set(live_servers(found.text or "").values())
    return {address.rpartition(":")[0] for address in leads_to}


def _says(found: View) -> str | None:
    if len(found.ready) == 1 and found.drift:
        return found.drift
    return found.address


def _serving(contents: Contents, snapshot: Snapshot) -> dict[str, Serving]:
    """Every address to which requests go, or may go after a reload, or are in flight."""
    everywhere = (*snapshot.slots, *snapshot.past)
    draining = {slot.address for slot in everywhere if slot.address and slot.sessions}
    ready = {slot.address for slot in snapshot.slots if slot.is_ready}
    files = (text for name, text in contents.files.items() if name.startswith(ROUTE))
    ready |= {address for text in files for address in live_servers(text).values()}
    return dict.fromkeys(draining, Serving.DRAINING) | dict.fromkeys(ready, Serving.READY)
