"""Run a command in a container, with bytes on its stdin and both outputs apart."""

import secrets
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import docker
from docker.errors import APIError, NotFound

from homeport.errors import EngineFailed
from homeport.home.streams import STDERR, STDOUT, Streams
from homeport.host import Output

TIMEOUT = timedelta(seconds=60)
# Its exit code after its output, behind a mark: to ask the engine for it is one more way there and back, or several.
TOLD = '"$@"; printf "\n%s %d" "$0" "$?"'


def execute(
    docker: docker.APIClient,
    container: str,
    command: Sequence[str],
    *,
    stdin: bytes = b"",
    timeout: timedelta = TIMEOUT,
) -> Output:
    """How the command ended. `timeout` is the longest silence.

    Raises EngineFailed when the container does not run or has no shell, or on a silence that is too long: the command
    then goes on in the container, because the engine cannot end an exec.
    """
    mark = secrets.token_hex(8)
    try:
        whole = ["sh", "-c", TOLD, mark, *command]
        started = docker.exec_create(container, whole, stdin=True, stdout=True, stderr=True)["Id"]
        streams = Streams.of(docker.exec_start(started, socket=True), timeout.total_seconds())
    except APIError as error:
        raise EngineFailed(
            f"Container {container} runs no command.",
            detail=str(error.explanation or error),
            next_step=f"See: docker ps -a --filter name={container}",
        ) from error
    try:
        outputs = _converse(streams, stdin)
    except TimeoutError as error:
        raise EngineFailed(
            f"`{command[0]}` in container {container} said nothing for {timeout.total_seconds():.0f} s."
        ) from error
    stdout, marked, code = bytes(outputs[STDOUT]).rpartition(f"\n{mark} ".encode())
    if not (marked and code.isdigit()):
        said = code.decode(errors="replace").strip()  # by the engine, where it could not start it
        raise EngineFailed(f"`{command[0]}` in container {container} did not come to its end.", detail=said)
    return Output(int(code), stdout, bytes(outputs[STDERR]))


def exit_code(docker: docker.APIClient, started: str) -> int:
    """Of an exec whose output has ended: it takes the engine a moment to know.

    Raises EngineFailed when its container ended meanwhile: the engine then forgets how the command did.
    """
    try:
        while (state := docker.exec_inspect(started))["Running"]:
            time.sleep(0.01)
    except NotFound as error:
        raise EngineFailed("The container ended while a command ran in it.", detail=str(error.explanation)) from error
    return int(state["ExitCode"])


def _converse(streams: Streams, stdin: bytes) -> dict[int, bytearray]:
    # A thread of its own: with more than the socket's buffers both ways, one thread would wait for itself.
    feeder = threading.Thread(target=_feed, args=(streams, stdin), daemon=True)
    feeder.start()
    outputs = {STDOUT: bytearray(), STDERR: bytearray()}
    try:
        for stream, data in streams.frames():
            outputs[stream] += data
    finally:
        streams.close()
        feeder.join()
        streams.connection.close()
    return outputs


def _feed(streams: Streams, stdin: bytes) -> None:
    try:
        streams.send(stdin)
        streams.end_input()
    except OSError:
        return  # the command ended without reading all: its exit code is the answer


def runs(docker: docker.APIClient, container: str) -> bool:
    """Whether the container is there and runs, so that a command can."""
    try:
        return bool(docker.inspect_container(container)["State"]["Running"])
    except NotFound:
        return False
