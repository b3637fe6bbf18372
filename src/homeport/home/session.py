"""A command in a container with a person, or a script, at the other end."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from homeport.errors import EngineFailed, HomeportError, HostUnreachable
from homeport.home.execute import exit_code
from homeport.home.home import Home
from homeport.home.streams import Streams

# The engine leaves a session at these keys, and holds back the first until it knows the second: its default, Ctrl-P,
# is the shells' "previous line".
LEAVE = "ctrl-^,ctrl-@"
SIZE_TRIES = 20  # of the terminal's size, while the command has only just been started
SIZE_PAUSE = 0.05
# Only a process of that container: where the engine numbers processes otherwise than this machine does (homeport in a
# container that has the engine's socket), the number is somebody else's here.
SIGNAL = 'grep -q "$1" "/proc/$2/cgroup" && kill -s "$3" "$2"'


@dataclass(frozen=True, slots=True)
class Session:
    """A running command. With a terminal its two outputs are one.

    `size` gives its terminal rows and columns, `signalled` sends a signal by name, `ended` waits for the exit code.
    """

    streams: Streams
    has_terminal: bool
    size: Callable[[int, int], object]
    signalled: Callable[[str], object]
    ended: Callable[[], int]

    def output(self) -> Iterator[tuple[int, bytes]]:
        """Pieces of its output as they come: 1 and the bytes of standard output, 2 and those of standard error."""
        with suppress(ConnectionError):  # why it was cut is for `exit_code` to say
            yield from self.streams.raw() if self.has_terminal else self.streams.frames()

    def exit_code(self) -> int:
        """Waits for the end. Raises HostUnreachable when the engine cannot be asked any more."""
        try:
            return self.ended()
        except (DockerException, RequestException) as error:
            raise HostUnreachable("The command was cut off: the engine does not answer.", detail=str(error)) from error

    def interrupt(self) -> None:
        """What Ctrl-C means without a terminal."""
        self.signal("INT")

    def signal(self, name: str) -> None:
        """Raises nothing: a command that has ended needs no end."""
        with suppress(DockerException, RequestException, HomeportError):
            self.signalled(name)

    def send(self, data: bytes) -> None:
        self.streams.send(data)

    def end_input(self) -> None:
        self.streams.end_input()

    def resize(self, rows: int, columns: int) -> None:
        """Raises nothing: a command that has ended has no size."""
        for _ in range(SIZE_TRIES):
            try:
                self.size(rows, columns)
            except APIError:  # not yet started, or ended
                time.sleep(SIZE_PAUSE)
            else:
                return


@contextmanager
def executing(
    home: Home, container: str, command: Sequence[str], *, environment: Mapping[str, str], terminal: bool
) -> Iterator[Session]:
    """The command in a running container. Raises EngineFailed when that does not run.

    The engine cannot end an exec. Where the login may send signals, an interrupt is a SIGINT to the command, and one
    that still runs at the end is hung up on.
    """
    client = home.docker
    try:
        started = client.exec_create(
            container,
            list(command),
            stdin=True,
            tty=terminal,
            environment=dict(environment),
            detach_keys=LEAVE,
        )["Id"]
        streams = Streams.of(client.exec_start(started, tty=terminal, socket=True), None)
    except APIError as error:
        raise EngineFailed(
            f"`{shlex.join(command)}` could not be run in container {container}.",
            detail=str(error.explanation or error),
        ) from error

    def signal(name: str) -> None:
        found = client.exec_inspect(started)
        if found["Running"]:
            home.host.run(["sh", "-c", SIGNAL, "sh", found["ContainerID"], str(found["Pid"]), name])

    def size(rows: int, columns: int) -> None:
        client.exec_resize(started, height=rows, width=columns)

    session = Session(streams, terminal, size, signal, lambda: exit_code(client, started))
    try:
        yield session
    finally:
        streams.close()
        session.signal("HUP")
