"""A docker command that builds, followed to its end."""

import os
import selectors
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from homeport.build.progress import Transcript
from homeport.errors import BuildFailed

_LOOK_SECONDS = 0.2  # how soon a stopped build is noticed
_GRACE_SECONDS = 10  # a command that was told to stop ends by then, or is killed


def run(
    words: Sequence[str],
    environment: Mapping[str, str],
    transcript: Transcript,
    stopped: threading.Event,
    stdin: IO[bytes] | None = None,
) -> int:
    """Its return code. Each line goes to the transcript; after `stopped` it is interrupted, and the engine stops."""
    try:
        process = subprocess.Popen(
            words,
            env=dict(environment),
            stdin=stdin or subprocess.DEVNULL,
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
