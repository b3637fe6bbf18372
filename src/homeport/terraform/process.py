"""One run of Terraform: its progress as it comes, its errors at the end, and what Ctrl-C does to it."""

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from homeport.errors import Interrupted
from homeport.events import Emit, Event
from homeport.signals import handling

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
    ended = Ended(0)
    with _one_interrupt(ended, emit) as interrupt:
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
        interrupt.passes_to(process)
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


@dataclass(slots=True)
class _Interrupt:
    """The first SIGINT or SIGTERM stops Terraform in good order; further ones only say so."""

    ended: Ended
    emit: Emit
    process: subprocess.Popen[bytes] | None = None

    def handle(self, number: int, frame: FrameType | None) -> None:
        if self.ended.interrupted:
            self.emit(Event("stop", "", "already stopping; what is being switched is brought to an end first"))
            return
        self.ended.interrupted = True
        self.emit(Event("stop", "", "stopping; what serves goes on serving"))
        self._pass()

    def passes_to(self, process: subprocess.Popen[bytes]) -> None:
        """The process that just started; what came while it did is passed on now."""
        self.process = process
        if self.ended.interrupted:
            self._pass()

    def _pass(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)


@contextmanager
def _one_interrupt(ended: Ended, emit: Emit) -> Iterator[_Interrupt]:
    """Before Terraform starts, so that no interrupt ever leaves it running alone."""
    interrupt = _Interrupt(ended, emit)
    with handling((signal.SIGINT, signal.SIGTERM), interrupt.handle):
        yield interrupt


def raise_if_interrupted(ended: Ended, *, is_apply: bool) -> None:
    """An apply that came to its end all the same is done; nothing follows on anything else."""
    if ended.interrupted and not (is_apply and ended.returncode == 0):
        raise Interrupted("Stopped. What serves goes on serving.", next_step="Run the same command again to go on.")
