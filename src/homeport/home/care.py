"""What each service of the base needs while its container is replaced."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from docker.errors import APIError

from homeport.errors import GatewayFailed, Interrupted
from homeport.home.container.replacing import Care
from homeport.home.execute import runs
from homeport.home.gateway import Gateway, never
from homeport.home.gateway.switch import wait_until_none
from homeport.home.home import Home
from homeport.home.postgres import Postgres

# HAProxy's own: no new connection, and an end once the last one has ended. Source: HAProxy management guide, "Stopping
# and restarting HAProxy".
FINISH = "SIGUSR1"
# Nobody waits for it: longer than HAProxy keeps a connection on which nothing is asked (a minute).
GATEWAY_ENDS_WITHIN = timedelta(seconds=70)
HURRIED = timedelta(seconds=10)  # a person waits for the command to end, or others to be let in
STOP_SECONDS = 60  # Postgres writes what it holds in memory; the others have ended their requests by then


@dataclass(frozen=True, slots=True)
class BaseCare:
    """The `Care` of each service by its name."""

    home: Home
    gateway: Callable[[], Gateway]
    postgres: Callable[[], Postgres]

    def of(self, service: str) -> Care:
        match service:
            case "gateway":
                return GatewayCare(self.home, self.gateway())
            case "front":
                return FrontCare(self.home, self.gateway())
            case "postgres":
                return PostgresCare(self.gateway(), self.postgres())
            case "registry":
                return RegistryCare(self.gateway())
        return NoCare()


class NoCare:
    """Of what may go at any moment. The health check of its container says all that there is to know of it."""

    stop_seconds = STOP_SECONDS

    @contextmanager
    def held(self, container: str, stopped: Callable[[], bool]) -> Iterator[float]:
        yield time.monotonic()

    def settle(self, container: str, stopped: Callable[[], bool]) -> None:
        pass

    def answers(self, container: str) -> bool:
        return True


@dataclass(frozen=True)
class GatewayCare(NoCare):
    """A new one starts beside it and takes its sockets over; it ends with its last connection."""

    home: Home
    gateway: Gateway

    @contextmanager
    def held(self, container: str, stopped: Callable[[], bool]) -> Iterator[float]:
        with self.gateway.unchanging(stopped):
            yield time.monotonic()

    def settle(self, container: str, stopped: Callable[[], bool]) -> None:
        # One of a homeport before there were fronts has the server's ports: nobody is let in until it has ended.
        has_ports = self.home.docker.inspect_container(container)["HostConfig"]["PortBindings"]
        self.home.docker.kill(container, FINISH)

        def left() -> int:
            return int(runs(self.home.docker, container))

        if wait_until_none(left, HURRIED if has_ports else GATEWAY_ENDS_WITHIN, stopped) and stopped():
            wait_until_none(left, HURRIED, never)

    def answers(self, container: str) -> bool:
        return self.gateway.door.is_open()


@dataclass(frozen=True)
class FrontCare(NoCare):
    """Nobody is let in while it is replaced. It knows of no request: the gateway does."""

    home: Home
    gateway: Gateway

    stop_seconds = 0  # what it still has when its time is over is cut

    @contextmanager
    def held(self, container: str, stopped: Callable[[], bool]) -> Iterator[float]:
        """It takes no new connection: there is no way back but a restart."""
        began = time.monotonic()
        with suppress(APIError):  # it does not run
            self.home.docker.kill(container, FINISH)
        wait_until_none(self._in_flight, HURRIED, stopped)
        if stopped():
            self.home.docker.restart(container, timeout=0)
            raise Interrupted("Stopped while the last requests through the front ended.")
        yield began

    def _in_flight(self) -> int:
        with suppress(GatewayFailed):
            return self.gateway.in_flight()
        return 0


@dataclass(frozen=True)
class PostgresCare(NoCare):
    """Requests wait at the gateway while it is away."""

    gateway: Gateway
    postgres: Postgres

    def settle(self, container: str, stopped: Callable[[], bool]) -> None:
        self.postgres.checkpoint()

    @contextmanager
    def held(self, container: str, stopped: Callable[[], bool]) -> Iterator[float]:
        with self.gateway.holding("postgres", self.gateway.in_flight, stopped) as began:
            yield began

    def answers(self, container: str) -> bool:
        return replace(self.postgres, container=container).answers()


@dataclass(frozen=True)
class RegistryCare(NoCare):
    """Pushes and pulls wait at the gateway. What it has in hand it answers itself before it stops (`draintimeout`)."""

    gateway: Gateway

    @contextmanager
    def held(self, container: str, stopped: Callable[[], bool]) -> Iterator[float]:
        with self.gateway.holding("registry", lambda: 0, stopped) as began:
            yield began
