"""Removing a container that nothing needs, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from docker.errors import APIError, NotFound
from requests import Response

from homeport.errors import Refused
from homeport.home.container import restart_policy
from homeport.home.container.spec import ContainerSpec
from homeport.home.engine import Engine
from homeport.home.gateway import Gateway, Serving, Traffic, never
from homeport.home.home import Home
from homeport.home.pipelining import Ask

STOP_SECONDS = 10
DRAIN = timedelta(seconds=60)
LEAVING = "-leaving"  # how the name of a container ends that is being stopped
UNDER_WAY = 409  # the engine's answer while a removal runs


@dataclass(frozen=True, slots=True)
class Remover:
    """Removes containers; `gateway` opens what says which of them serve (there is none while the base is made)."""

    home: Home
    gateway: Callable[[], Gateway]

    def remove(self, name: str, *, seconds: int = STOP_SECONDS) -> None:
        """Stop it, for so many seconds at most, and remove it; no error when it is gone.

        It is renamed first: a container that was told to stop still runs and answers for a while, and whoever comes
        after a kill must not take it for one that serves.
        """
        docker = self.home.docker
        if name.endswith(LEAVING):
            stop_and_remove(docker, name, seconds)
            return
        renamed = Ask("POST", f"/containers/{name}/rename", {"name": name + LEAVING})
        answers = docker.in_a_row(renamed, *_ending(name + LEAVING, seconds), longest=seconds)
        with suppress(NotFound):  # somebody else removed it meanwhile, which is what is wanted
            docker.require(next(answers))
        _end(answers, docker)

    def traffic(self) -> Traffic:
        """Where the gateway sends requests now."""
        return self.gateway().traffic()

    def wait_until_unused(self, service: str, address: str, seen: Traffic, stopped: Callable[[], bool]) -> None:
        """Raises Refused while the gateway sends requests to `ip:port`, which `seen` says: it was just looked at.
        Requests in flight are waited for."""
        serving = self.gateway().retire_unless_serving(address, seen)
        if serving is Serving.READY:
            raise Refused(
                f"{service} at {address} still serves a route and was not removed.",
                next_step="Run the same command again: the route is switched first.",
            )
        if serving is Serving.DRAINING:
            self.gateway().wait_until_idle(address, DRAIN, stopped)
            self.gateway().retire(address.rpartition(":")[0])

    def serves_at(self, ip: str, spec: ContainerSpec) -> bool:
        """Whether requests go to a container of the spec at this address, or are in flight."""
        if spec.is_base or not (ip and spec.port):
            return False
        return self.gateway().serving(f"{ip}:{spec.port}") is not Serving.NOT

    def is_routed(self, ip: str) -> bool:
        """Whether a route leads to this address, on whatever port. What is in flight to another is waited for."""
        gateway = self.gateway()
        here = [address for address in gateway.serving_addresses() if address.rpartition(":")[0] == ip]
        return any(gateway.wait_until_idle(address, DRAIN, never) is Serving.READY for address in here)


def stop_and_remove(client: Engine, name: str, seconds: int = STOP_SECONDS) -> None:
    """Stop and remove, whatever it is called; no error when it is gone or going.

    From the first moment on the engine starts it no more, even if it is restarted before the end.
    """
    _end(client.in_a_row(*_ending(name, seconds), longest=seconds), client)


def _ending(name: str, seconds: int) -> tuple[Ask, ...]:
    container = f"/containers/{name}"
    return (
        Ask("POST", f"{container}/update", body={"RestartPolicy": restart_policy.NEVER}),
        Ask("POST", f"{container}/stop", {"t": seconds}),
        Ask("DELETE", container, {"force": True, "v": True}),
    )


def _end(answers: Iterator[Response], client: Engine) -> None:
    """That it cannot be told to start no more is no failure: it is gone, or going."""
    _, *ended = answers
    try:
        for answer in ended:
            client.require(answer)
    except NotFound:
        return  # somebody else removed it meanwhile, which is what was wanted
    except APIError as error:
        if error.status_code != UNDER_WAY:
            raise
