"""One run of Terraform: its progress as it comes, its errors at the end, and what Ctrl-C does to it."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from homeport.errors import Interrupted
from homeport.events import Emit, Event

Json = dict[str, Any]


@dataclass(slots=True)
class Ended:
    """How a run ended. `errors` are Terraform's error diagnostics, a text each."""

    returncode: int
    errors: list[str] = field(default_factory=list)
    output: str = ""
    interrupted: bool = False


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    emit: Emit,
    descriptors: Sequence[int] = (),
) -> Ended:
    """Run to the end. With `-json` among the arguments, progress goes to `emit` line by line.

    Terraform gets a session of its own, so that a terminal's Ctrl-C reaches it once and through us: a second one would
    make it drop what it was doing. `descriptors` (a held lock) stay open in it, should this process die first.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=tuple(descriptors),
        start_new_session=True,
    )
    ended = Ended(0)
    with _one_interrupt(process, ended, emit):
        assert process.stdout is not None
        for line in process.stdout:
            _take(line.decode(errors="replace"), ended, emit)
        ended.returncode = process.wait()
    return ended


def _take(line: str, ended: Ended, emit: Emit) -> None:
    try:
        message = json.loads(line)
    except ValueError:
        ended.output += line
        return
    if not isinstance(message, dict) or "type" not in message:
        ended.output += line
    elif message["type"] == "diagnostic":
        _take_diagnostic(message["diagnostic"], ended)
    elif message["type"] == "apply_progress":
        hook = message["hook"]
        emit(Event("terraform", hook["resource"]["addr"], f"still working after {hook['elapsed_seconds']} s"))


def _take_diagnostic(diagnostic: Json, ended: Ended) -> None:
    if diagnostic["severity"] != "error":
        return
    place = diagnostic.get("address", "")
    if file := diagnostic.get("range"):
        place = f"{file['filename']}:{file['start']['line']}"
    parts = (
        f"{place}: {diagnostic['summary']}" if place else diagnostic["summary"],
        diagnostic.get("detail", ""),
    )
    ended.errors.append("\n".join(part for part in parts if part))


@contextmanager
def _one_interrupt(process: subprocess.Popen[bytes], ended: Ended, emit: Emit) -> Iterator[None]:
    """While Terraform runs, the first SIGINT or SIGTERM stops it in good order and further ones only say so."""

    def handle(number: int, frame: FrameType | None) -> None:
        if ended.interrupted:
            emit(Event("stop", "", "already stopping; what is being switched is brought to an end first"))
            return
        ended.interrupted = True
        emit(Event("stop", "", "stopping; the old version goes on serving"))
        if process.poll() is None:
            process.send_signal(signal.SIGINT)

    with handling((signal.SIGINT, signal.SIGTERM), handle):
        yield


@contextmanager
def handling(numbers: Sequence[int], handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle signals for as long as the context lasts; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def raise_if_interrupted(ended: Ended) -> None:
    if ended.interrupted and ended.returncode != 0:
        raise Interrupted("Stopped. What served before still serves.", next_step="Run the same command again to go on.")
