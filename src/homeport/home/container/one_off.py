"""One-off containers: a command in a container like a service's, which is gone when the command has ended.

A one-off carries no label of an application's containers, so neither the provider, nor `status`, nor the sweep after
a release takes it for one of them. Its process holds a lock for as long as it lives: one whose lock is free was left
by a kill, and is removed by the next run or release.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from docker.errors import APIError
from requests.exceptions import RequestException

from homeport.errors import EngineFailed, Locked
from homeport.events import Emit, Event
from homeport.home.container.engine_arguments import create_arguments, host_arguments, host_config
from homeport.home.container.finding import Finder
from homeport.home.container.removing import stop_and_remove
from homeport.home.container.spec import ContainerSpec, random_end
from homeport.home.session import LEAVE, Session
from homeport.home.streams import Streams

LABEL = "one-off"
INTERRUPT_SECONDS = 5  # it has been asked to end by Ctrl-C
REMOVE_SECONDS = 1  # nobody is there any more
NOT_STARTED = 127  # what a shell says of a command that is not there


@dataclass(frozen=True, slots=True)
class OneOffs:
    """The one-off containers of an installation. `holder` names this process in the locks it takes."""

    finder: Finder
    holder: str

    @contextmanager
    def running(
        self, spec: ContainerSpec, command: Sequence[str], *, environment: Mapping[str, str], terminal: bool
    ) -> Iterator[Session]:
        """The command in a container of its own, made as the spec says but without its address.

        Raises EngineFailed when it cannot be started. The container is removed in every case.
        """
        name = f"{self.finder.home.instance}-{spec.target}-{spec.application}-{spec.service}-run-{random_end()}"
        client = self.finder.home.docker
        try:
            with self.finder.home.lock(_lock(name), self.holder):
                try:
                    self._create(name, spec, command, environment, terminal)
                    yield self._start(name, spec, command, terminal)
                finally:
                    with suppress(RequestException):  # the engine cannot be asked any more: the next run removes it
                        stop_and_remove(client, name, REMOVE_SECONDS)
        finally:
            self._remove_lock(name)

    def sweep(self, application: str, target: str, emit: Emit) -> None:
        """Remove what killed processes left of an application's one-offs."""
        label = f"homeport.{LABEL}={application}.{target}"
        wanted = {"label": [f"homeport.instance={self.finder.home.instance}", label]}
        for one in self.finder.home.docker.containers(all=True, filters=wanted):
            name = one["Names"][0].lstrip("/")
            with suppress(Locked), self.finder.home.lock(_lock(name), self.holder):
                stop_and_remove(self.finder.home.docker, name, REMOVE_SECONDS)
                self._remove_lock(name)
                emit(Event("container", name, "removed: whoever ran it was killed"))

    def _create(
        self, name: str, spec: ContainerSpec, command: Sequence[str], environment: Mapping[str, str], terminal: bool
    ) -> None:
        home, finder = self.finder.home, self.finder
        finder.write_files(spec)
        arguments = create_arguments(
            replace(spec, command=tuple(command), publish=()), {**finder.environment(spec), **environment}
        )
        first, *others = (home.network(network) for network in spec.networks)
        limits = host_arguments(replace(spec, publish=()), finder.binds(spec), first)
        # Its image has the label of the application, too, of which this is no container.
        labels = {LABEL: f"{spec.application}.{spec.target}", "of": spec.service, "application": ""}
        # What Ctrl-C sends: most commands have an answer to it, and only a person stops a one-off.
        arguments |= {"stdin_open": True, "tty": terminal, "stop_signal": "SIGINT"}
        with _in_words(spec, command):
            home.docker.create_container(
                name=name,
                labels=home.labels(**labels),
                host_config=host_config(home.docker, limits),
                **arguments,
            )
            for network in others:
                home.docker.connect_container_to_network(name, network)

    def _start(self, name: str, spec: ContainerSpec, command: Sequence[str], terminal: bool) -> Session:
        client = self.finder.home.docker
        streams_of: Any = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1, "detachKeys": LEAVE}
        with _in_words(spec, command):
            streams = Streams.of(client.attach_socket(name, params=streams_of), None)
            client.start(name)
        return Session(
            streams,
            terminal,
            lambda rows, columns: client.resize(name, height=rows, width=columns),
            lambda signal: client.stop(name, timeout=INTERRUPT_SECONDS),
            lambda: int(client.wait(name, timeout=None)["StatusCode"]),
        )

    def _remove_lock(self, name: str) -> None:
        path = self.finder.home.path("locks", _lock(name))
        for file in (path, f"{path}.holder"):
            self.finder.home.host.files.remove(file)


def _lock(name: str) -> str:
    return f"one-offs/{name}"


@contextmanager
def _in_words(spec: ContainerSpec, command: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except APIError as error:
        failed = EngineFailed(
            f"`{shlex.join(command)}` could not be started in a container of {spec.service}.",
            detail=str(error.explanation or error),
        )
        failed.exit_code = NOT_STARTED
        raise failed from error
