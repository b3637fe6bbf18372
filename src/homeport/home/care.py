"""What each service of the base needs while its container is replaced."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from homeport.errors import GatewayFailed, Interrupted
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


@dataclass(frozen=True, slots=True)
class BaseCare:
    """`Care` of `home.container.replacing`, for the gateway, its front, Postgres and the registry."""

    home: Home
    gateway: Callable[[], Gateway]
    postgres: Callable[[], Postgres]

    @contextmanager
    def held(self, service: str, stopped: Callable[[], bool]) -> Iterator[None]:
        if service == "gateway":
            with self.gateway().unchanging(stopped):
                yield
        elif service == "postgres":
            with self.gateway().holding(service, self.gateway().in_flight, stopped):
                yield
        elif service == "registry":
            with self.gateway().holding(service, _ends_its_own, stopped):
                yield
        else:
            yield

    def settle(self, service: str, container: str, stopped: Callable[[], bool]) -> None:
        if service == "gateway":
            self._end_gateway(container, stopped)
        elif service == "front":
            self._empty_front(container, stopped)
        elif service == "postgres":
            self.postgres().checkpoint()

    def answers(self, service: str, container: str) -> bool:
        if service == "postgres":
            return replace(self.postgres(), container=container).answers()
        return service != "gateway" or self.gateway().door.is_open()

    def _end_gateway(self, container: str, stopped: Callable[[], bool]) -> None:
        """Nobody comes to it any more: it ends with its last connection."""
        self.home.docker.kill(container, FINISH)

        def left() -> int:
            return int(runs(self.home.docker, container))

        if wait_until_none(left, GATEWAY_ENDS_WITHIN, stopped) and stopped():
            wait_until_none(left, HURRIED, never)

    def _empty_front(self, container: str, stopped: Callable[[], bool]) -> None:
        """It takes no new connection, and knows of no request: the gateway does. There is no way back but a restart."""
        self.home.docker.kill(container, FINISH)
        wait_until_none(self._in_flight, HURRIED, stopped)
        if stopped():
            self.home.docker.restart(container, timeout=0)
            raise Interrupted("Stopped while the last requests through the front ended.")

    def _in_flight(self) -> int:
        with suppress(GatewayFailed):
            return self.gateway().in_flight()
        return 0


def _ends_its_own() -> int:
    """The registry answers what it has in hand before it stops (`draintimeout`)."""
    return 0
