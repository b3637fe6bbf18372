"""A new container of the base in the place of the old one, whose name is fixed.

Two containers cannot publish one port nor have one address: such a one stops before the next starts. One that has
neither starts first, beside the old one. The words are Docker's: `update-order: stop-first` and `start-first`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from docker.errors import APIError

from homeport.events import Emit, Event
from homeport.home.container.spec import ContainerSpec
from homeport.home.engine import Engine


class Care(Protocol):
    """What a service of the base needs while its container, of the name that is given, is replaced."""

    @property
    def stop_seconds(self) -> int:
        """How long it may take to stop before it is killed."""
        ...

    def settle(self, container: str, stopped: Callable[[], bool]) -> None:
        """Bring the service to where its end costs least, as far as that costs nobody anything.

        Raises Interrupted when stopped.
        """
        ...

    def held(self, container: str, stopped: Callable[[], bool]) -> AbstractContextManager[float]:
        """As long as this is entered, nothing changes that the old and the new container would both have to know, and
        nobody asks for what is away: since that moment, of `time.monotonic`.

        Raises Interrupted when stopped before that is so.
        """
        ...

    def answers(self, container: str) -> bool:
        """Whether the service answers those who need it: by this container, if only one can. Asked of a healthy one."""
        ...


def starts_first(spec: ContainerSpec) -> bool:
    """Whether a container of the spec can run beside the one that it replaces."""
    return not spec.ip and not spec.publish


def start_again(docker: Engine, name: str, service: str, emit: Emit) -> None:
    """The old one, because the new one did not come; what became of it is told."""
    try:
        docker.restart(name, timeout=0)
    except APIError as failure:
        emit(Event("container", service, f"does not start again: {failure.explanation}", "warning"))
        return
    emit(Event("container", service, "was not replaced: the old one runs again", "warning"))
