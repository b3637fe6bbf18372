"""A build by a docker command with BuildKit."""

import os
import selectors
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from homeport.build.command import Command
from homeport.build.context import ignore_patterns
from homeport.build.order import Order
from homeport.build.progress import Transcript
from homeport.errors import BuildFailed

_LOOK_SECONDS = 0.2  # how soon a stopped build is noticed
_GRACE_SECONDS = 10  # a command that was told to stop ends by then, or is killed


def build(
    command: Command, socket: Path, order: Order, transcript: Transcript, stopped: threading.Event
) -> str | None:
    """The image's id; None when the build failed (the transcript says why) or was stopped."""
    with tempfile.TemporaryDirectory(prefix="homeport-build-") as temporary:
        folder = Path(temporary)
        dockerfile = _write(order, folder)
        environment = command.environment(socket) | _secret_variables(order)
        words = [*command.words, *_options(order, folder, dockerfile), str(order.source.context)]
        if _run(words, environment, transcript, stopped) != 0:
            return None
        return (folder / "id").read_text().strip()


def _write(order: Order, folder: Path) -> Path:
    """The Dockerfile and the patterns in force, in a folder of their own: what was hashed is what is built.

    Source: Dockerfile reference, ".dockerignore file": `<Dockerfile>.dockerignore` beside it is preferred.
    """
    dockerfile = folder / order.source.dockerfile.name
    dockerfile.write_bytes(order.text.encode())
    patterns = ignore_patterns(order.source.context, order.source.dockerfile)
    dockerfile.with_name(f"{dockerfile.name}.dockerignore").write_text("\n".join([*patterns, ""]))
    return dockerfile


def _options(order: Order, folder: Path, dockerfile: Path) -> Iterator[str]:
    source = order.source
    yield from ("--progress", "plain", "--file", str(dockerfile), "--iidfile", str(folder / "id"))
    yield from ("--tag", order.name, "--platform", source.platform)
    if source.target is not None:
        yield from ("--target", source.target)
    for name, value in sorted(source.args.items()):
        yield from ("--build-arg", f"{name}={value}")
    for name, value in sorted(order.labels.items()):
        yield from ("--label", f"{name}={value}")
    for name, variable in _secret_names(order).items():
        yield from ("--secret", f"id={name},env={variable}")


def _secret_names(order: Order) -> dict[str, str]:
    """For each secret a variable of our own: one named PATH must not change the command's PATH."""
    return {name: f"HOMEPORT_BUILD_SECRET_{number}" for number, name in enumerate(sorted(order.secrets))}


def _secret_variables(order: Order) -> dict[str, str]:
    return {variable: order.secrets[name].reveal() for name, variable in _secret_names(order).items()}


def _run(
    words: list[str], environment: dict[str, str], transcript: Transcript, stopped: threading.Event
) -> int:
    try:
        process = subprocess.Popen(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A Ctrl-C reaches us alone; we pass it on once, and wait for the end.
            start_new_session=True,
        )
    except OSError as error:
        raise BuildFailed(f"{words[0]} cannot be run: {error.strerror}.") from error
    try:
        for line in _lines(process, stopped):
            transcript.take(line)
    finally:
        returncode = _end(process)
    return returncode


def _lines(process: subprocess.Popen[bytes], stopped: threading.Event) -> Iterator[str]:
    """Its lines as they come, until it ends or `stopped` is set."""
    assert process.stdout is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not stopped.is_set():
            if not selector.select(_LOOK_SECONDS):
                continue
            data = os.read(process.stdout.fileno(), 65536)
            *lines, rest = (rest + data).split(b"\n")
            yield from (line.decode(errors="replace") for line in lines)
            if not data:
                yield rest.decode(errors="replace")
                process.wait()
                return


def _end(process: subprocess.Popen[bytes]) -> int:
    """Its return code; one that still runs gets what Ctrl-C sends, so that the engine stops too."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode
