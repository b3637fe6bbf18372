"""Run a command in a container, with bytes on its stdin and both outputs apart.

Source: Docker Engine API, "Attach to a container", stream format; "Exec".
"""

import socket
import struct
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import docker
from docker.errors import APIError

from homeport.errors import EngineFailed
from homeport.host import Output

TIMEOUT = timedelta(seconds=60)
STDOUT, STDERR = 1, 2
FRAME_HEADER = 8


def execute(
    docker: docker.APIClient,
    container: str,
    command: Sequence[str],
    *,
    stdin: bytes = b"",
    timeout: timedelta = TIMEOUT,
) -> Output:
    """How the command ended. `timeout` is the longest silence.

    Raises EngineFailed when the container does not run, or on a silence that is too long: the command then
    goes on in the container, because the engine cannot end an exec.
    """
    try:
        started = docker.exec_create(container, list(command), stdin=True, stdout=True, stderr=True)["Id"]
        attached: Any = docker.exec_start(started, socket=True)
        connection: socket.socket = attached._sock
    except APIError as error:
        raise EngineFailed(
            f"Container {container} runs no command.",
            detail=str(error.explanation or error),
            next_step=f"See: docker ps -a --filter name={container}",
        ) from error
    connection.settimeout(timeout.total_seconds())
    try:
        streams = _converse(connection, stdin)
    except TimeoutError as error:
        raise EngineFailed(
            f"`{command[0]}` in container {container} said nothing for {timeout.total_seconds():.0f} s."
        ) from error
    return Output(_exit_code(docker, started), bytes(streams[STDOUT]), bytes(streams[STDERR]))


def _converse(connection: socket.socket, stdin: bytes) -> dict[int, bytearray]:
    # A thread of its own: with more than the socket's buffers both ways, one thread would wait for itself.
    feeder = threading.Thread(target=_feed, args=(connection, stdin), daemon=True)
    feeder.start()
    try:
        with connection.makefile("rb") as answer:
            return _frames(answer)
    finally:
        _hang_up(connection)
        feeder.join()
        connection.close()


def _feed(connection: socket.socket, stdin: bytes) -> None:
    try:
        connection.sendall(stdin)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the command ended without reading all: its exit code is the answer


def _frames(answer: Any) -> dict[int, bytearray]:
    streams = {STDOUT: bytearray(), STDERR: bytearray()}
    while len(header := answer.read(FRAME_HEADER)) == FRAME_HEADER:
        stream, length = struct.unpack(">BxxxI", header)
        streams[stream] += answer.read(length)
    return streams


def _hang_up(connection: socket.socket) -> None:
    """Frees a feeder that still writes to a command which does not read."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other end was first


def _exit_code(docker: docker.APIClient, started: str) -> int:
    while (state := docker.exec_inspect(started))["Running"]:
        time.sleep(0.01)
    return int(state["ExitCode"])
