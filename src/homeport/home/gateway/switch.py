"""The switch of one route from one container to another, without losing a request."""

import secrets
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import chain

from homeport.errors import GatewayFailed, Interrupted
from homeport.events import Emit, Event, Level
from homeport.home.gateway.ask import Answer, ask
from homeport.home.gateway.door import Door
from homeport.home.gateway.key import RouteKey
from homeport.home.gateway.routes import Routes
from homeport.home.gateway.slots import Slot, Snapshot
from homeport.home.gateway.view import View

ASK_FOR = 5.0  # seconds in which a new try begins; HAProxy itself tries three times to connect
PAUSE = 0.2  # seconds between two tries
POLL = 0.05  # seconds between two looks at what is in flight


class StoppedWhileDraining(Interrupted):
    """Stopped after the switch: the new version serves, and the old one still ends its requests."""


def wait_until_none(count: Callable[[], int], limit: timedelta, stopped: Callable[[], bool]) -> int:
    """What is left of `count` when it is 0, `limit` has passed, or somebody stopped us."""
    deadline = time.monotonic() + limit.total_seconds()
    while (left := count()) and not stopped() and time.monotonic() < deadline:
        time.sleep(POLL)
    return left


class Switch:
    """`run` is the whole of it. `certify` sees that the gateway's certificate is valid for the route's host."""

    def __init__(
        self,
        routes: Routes,
        door: Door,
        certify: Callable[[], object],
        key: RouteKey,
        address: str,
        drain: timedelta,
        stopped: Callable[[], bool],
        emit: Emit,
    ) -> None:
        self.routes = routes
        self.door = door
        self.certify = certify
        self.key = key
        self.address = address
        self.limit = drain
        self.stopped = stopped
        self.emit = emit

    def run(self) -> None:
        found = self.routes.sound(self.key)
        self.certify()  # after the route's file was begun: the names of a certificate are those of the files
        if found.serves_only(self.address):
            self._drain(self.routes.runtime.snapshot())
            return
        slot = self._free_slot(found)
        token = secrets.token_urlsafe(24)
        self._try(slot, token)
        now = self.routes.commit(self.key, slot, self.address, token)
        self.door.prepare()  # for whoever sees that all answer
        self._tell(f"new requests go to {self.address}")
        self._drain(now)

    # ---------------------------------------------------------------- trying

    def _free_slot(self, found: View) -> Slot:
        """The slot to use: never one in whose address a request is still in flight."""
        holding = [slot for slot in found.slots if slot.address == self.address]
        resting = [slot for slot in found.slots if not slot.is_ready]
        slot = (*holding, *resting, *reversed(found.slots))[0]
        if slot.address != self.address and (slot.is_ready or slot.sessions):
            self.routes.release(slot)
            wait_until_none(lambda: self._sessions(slot), self.limit, self.stopped)
        return slot

    def _sessions(self, slot: Slot) -> int:
        now = self.routes.runtime.snapshot().of(self.key)
        return sum(other.sessions for other in now if other.name == slot.name)

    def _try(self, slot: Slot, token: str) -> None:
        try:
            self._ask_until_answered(slot, token)
        except BaseException:
            self.routes.withdraw(slot, token)
            raise

    def _ask_until_answered(self, slot: Slot, token: str) -> None:
        offered = None
        while True:
            self._raise_if_stopped()
            with self.door.opening(self.key.host) as entered:
                self.routes.offer(slot, self.address, token)  # in every try: a reload meanwhile forgets it
                offered = offered or time.monotonic()
                answer, failure = self._ask(entered, token)
            if answer and answer.by == f"{slot.backend}/{slot.name}":
                self._tell(f"answers {answer.status} through the gateway")
                return
            self._raise_if_stopped()
            if time.monotonic() > offered + ASK_FOR:
                raise self._failed(answer, failure)
            time.sleep(PAUSE)

    def _raise_if_stopped(self) -> None:
        if self.stopped():
            raise Interrupted(f"Stopped before {self.key} was switched; what served before still serves.")

    def _ask(self, entered: Callable[[], socket.socket], token: str) -> tuple[Answer | None, str]:
        try:
            return ask(entered(), self.key.host, self.key.path, token, self.stopped), ""
        except OSError as error:
            return None, f"The gateway is not entered: {error}"

    def _failed(self, answer: Answer | None, failure: str) -> GatewayFailed:
        if answer is None:
            reason = failure or f"{self.address} gave no answer in time."
        elif answer.by:
            reason = f"HAProxy could not connect to {self.address}."
        else:
            reason = f"HAProxy answered {answer.status} itself: {self.address} refused, or broke off its answer."
        return GatewayFailed(
            f"{self.key} was not switched: {self.address} does not answer through the gateway.",
            detail=reason,
            next_step="What served before still serves. Look at the new container's log: homeport logs",
        )

    # -------------------------------------------------------------- draining

    def _drain(self, now: Snapshot) -> None:
        looks = chain([now], iter(self.routes.runtime.snapshot, None))
        left = wait_until_none(lambda: self._in_flight(next(looks)), self.limit, self.stopped)
        if left and self.stopped():
            raise StoppedWhileDraining(
                f"{self.key} is switched to {self.address}; {_requests(left)} to the old one had not ended."
            )
        if left:
            seconds = f"{self.limit.total_seconds():g}"
            self._tell(f"{_requests(left)} to the old version did not end in {seconds} s", "warning")
        self.routes.rest(self.seen.of(self.key))

    def _in_flight(self, now: Snapshot) -> int:
        self.seen = now
        return self.seen.sessions(self.key, but=self.address)

    def _tell(self, text: str, level: Level = "progress") -> None:
        self.emit(Event("route", str(self.key), text, level))


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"
