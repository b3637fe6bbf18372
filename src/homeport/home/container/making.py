"""Making a container: an address of its own, its files, its networks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from docker.errors import APIError
from requests import Response

from homeport.errors import CandidateFailed, HomeportError, PortTaken
from homeport.home import disk
from homeport.home.container.address import free_address
from homeport.home.container.engine_arguments import create_arguments, host_arguments, host_config
from homeport.home.container.finding import Finder, Inspection
from homeport.home.container.removing import LEAVING, stop_and_remove
from homeport.home.container.spec import ContainerSpec
from homeport.home.pipelining import Ask

ADDRESS_WAIT = timedelta(seconds=60)
# "port is already allocated"; "listen tcp4 127.0.0.1:80: bind: address already in use"; "failed to bind host port …".
# The engine says "Address already in use" of a container's own address.
PORT_IS_TAKEN = re.compile("port is already allocated|(bind|listen).*address already in use")
NEXT = "-next"  # how the name of a container ends that takes the place of one of the base


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes what a spec says. `holder` names this process in the lock on addresses."""

    finder: Finder
    holder: str

    def start(self, spec: ContainerSpec, name: str) -> Inspection:
        """A started container of that name, and how the engine saw it before. Raises CandidateFailed or PortTaken;
        then there is none."""
        container = f"/containers/{name}"
        answers = self._create(spec, name, Ask("GET", f"{container}/json"), Ask("POST", f"{container}/start"))
        docker = self.finder.home.docker
        found: Inspection = docker.require(next(answers)).json()
        with self._refusal_told(spec, name):
            docker.require(next(answers))
        return found

    def create(self, spec: ContainerSpec, name: str) -> None:
        """A container of that name that does not run yet: it takes neither a port nor an address of its own choice."""
        for _ in self._create(spec, name):
            pass

    def run(self, spec: ContainerSpec, name: str) -> None:
        """Start a created one. Raises CandidateFailed or PortTaken, and removes it, when the engine refuses."""
        with self._refusal_told(spec, name):
            self.finder.home.docker.start(name)

    @contextmanager
    def _refusal_told(self, spec: ContainerSpec, name: str) -> Iterator[None]:
        try:
            yield
        except APIError as error:
            stop_and_remove(self.finder.home.docker, name)
            raise refused_start(spec, str(error.explanation or error)) from error

    def _create(self, spec: ContainerSpec, name: str, *further: Ask) -> Iterator[Response]:
        """Create it in its networks; the answers to what is asked of it `further`, in the same way to the server."""
        home = self.finder.home
        self.finder.write_files(spec)
        left_names = (name, name + LEAVING, name + NEXT) if spec.is_base else ()  # by a kill; no other's is used again
        for left in left_names:
            stop_and_remove(home.docker, left)
        # An address is taken once the container exists: until then the lock keeps it.
        with home.lock("addresses", self.holder, wait=ADDRESS_WAIT):
            joined = [self._joined(spec, name, network) for network in spec.networks[1:]]
            answers = home.docker.in_a_row(self._created(spec, name), *joined, *further)
            try:
                home.docker.require(next(answers))
            except APIError as error:
                raise _failed(spec, "be created", str(error.explanation or error)) from error
        with self._refusal_told(spec, name):
            for _ in joined:
                home.docker.require(next(answers))
        return answers

    def _created(self, spec: ContainerSpec, name: str) -> Ask:
        home = self.finder.home
        first = home.network(spec.networks[0])
        host: Any = host_config(home.docker, host_arguments(spec, self.finder.binds(spec), first))
        config = home.docker.create_container_config(
            labels=home.labels(**spec.labels()),
            host_config=host,
            networking_config=self._networking(spec, first),
            **create_arguments(spec, self.finder.environment(spec)),
        )
        return Ask("POST", "/containers/create", {"name": name}, config)

    def _joined(self, spec: ContainerSpec, name: str, network: str) -> Ask:
        home = self.finder.home
        endpoint = home.docker.create_endpoint_config(aliases=[*spec.aliases] or None)
        body = {"Container": name, "EndpointConfig": endpoint}
        return Ask("POST", f"/networks/{home.network(network)}/connect", body=body)

    def _networking(self, spec: ContainerSpec, network: str) -> Any:
        docker = self.finder.home.docker
        ip = spec.ip or (free_address(self.finder.home) if spec.networks[0] == "edge" else None)
        endpoint = docker.create_endpoint_config(ipv4_address=ip, aliases=[*spec.aliases] or None)
        networking: Any = {network: endpoint}  # the stubs want one endpoint, the SDK takes them by network
        return docker.create_networking_config(networking)


def refused_start(spec: ContainerSpec, said: str) -> HomeportError:
    """What the engine's refusal to start a container means, by its own words."""
    if spec.publish and PORT_IS_TAKEN.search(said):
        return PortTaken(
            f"The container of {spec.service} could not start: somebody else has its port of the server.",
            detail=said,
            next_step="Run: homeport setup, which names who has it.",
        )
    return _failed(spec, "start", said)


def _failed(spec: ContainerSpec, what: str, said: str) -> CandidateFailed:
    """The engine refuses what the candidate asks for: a command that its image lacks, for example."""
    return CandidateFailed(
        f"The container of {spec.service} could not {what}.", detail=said, next_step=disk.when_full(said)
    )
