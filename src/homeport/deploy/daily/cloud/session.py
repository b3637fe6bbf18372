"""A one-off task with a person, or a script, that waits for it."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from homeport.aws.started_task import StartedTask, exit_code, has_ended, reason
from homeport.deploy.daily.cloud.input import Input
from homeport.errors import CloudFailed
from homeport.events import Emit, Event

POLL = 0.5  # seconds
QUIET = 2.0  # seconds without a further line, after which a log is taken for whole
SILENT = 6.0  # the same without any line
PATIENCE = 20.0  # seconds: CloudWatch is behind a task that has ended
NOT_STARTED = 127  # what a shell says of a command that is not there
INTERRUPTED = 130


@dataclass
class TaskSession:
    """A command in a task of its own. Both its outputs come by CloudWatch, line by line, as one.

    `start` starts it, unless the event is set before; `given` is filled with what comes on standard input until then.
    `last_line` is one that it writes at its very end, where there is one: it is not shown.
    """

    service: str
    command: Sequence[str]
    start: Callable[[threading.Event], StartedTask | None]
    given: Input
    emit: Emit
    last_line: str = ""
    _stopped: threading.Event = field(default_factory=threading.Event)
    _task: StartedTask | None = None
    _found: dict[str, Any] | None = None

    @property
    def has_terminal(self) -> bool:
        return False

    def output(self) -> Iterator[tuple[int, bytes]]:
        """Starts the task, and ends with it. Raises CloudFailed, with exit code 127, for one that is not started."""
        task = self._task = self._started()
        if task is None:
            return
        if self._stopped.is_set():
            self.end()
        for line in self._lines(task):
            if not self.last_line or line != self.last_line:
                yield 1, f"{line}\n".encode()
        self._check_ended()

    def exit_code(self) -> int:
        code = exit_code(self._found) if self._found else None
        return INTERRUPTED if code is None else code

    def interrupt(self) -> None:
        """The task is told to end; its last words are still shown."""
        self._stopped.set()
        try:
            self.end()
        except CloudFailed as error:  # who waits for the task is told, and may do it again
            self.emit(Event("run", self.service, str(error), "warning"))

    def send(self, data: bytes) -> None:
        if self._task is None:
            self.given.send(data)
        elif self.given.is_read:
            self.emit(Event("run", self.service, "what comes on standard input does not reach it", "warning"))

    def end_input(self) -> None:
        self.given.end()

    def resize(self, rows: int, columns: int) -> None:
        """It has no terminal."""

    def end(self) -> None:
        """Whatever happened here, nothing goes on there."""
        if self._task is not None and self._found is None:
            self.emit(Event("run", self.service, "its task is told to end, which may take half a minute"))
            self._task.stop()

    def _started(self) -> StartedTask | None:
        try:
            return self.start(self._stopped)
        except CloudFailed as error:
            error.exit_code = NOT_STARTED
            raise

    def _lines(self, task: StartedTask) -> Iterator[str]:
        while not has_ended(found := task.look()):
            yield from task.log.read_on()
            time.sleep(POLL)
        self._found = found
        if exit_code(found) is not None:
            yield from self._late_ones(task)

    def _late_ones(self, task: StartedTask) -> Iterator[str]:
        """What was written by its end and comes after it."""
        began = heard = time.monotonic()
        while not self._is_whole(task, time.monotonic() - heard) and time.monotonic() - began < PATIENCE:
            fresh = task.log.read_on()
            yield from fresh
            heard = time.monotonic() if fresh else heard
            time.sleep(POLL)

    def _is_whole(self, task: StartedTask, quiet: float) -> bool:
        if self.last_line and not self._stopped.is_set():
            return self.last_line in task.log.lines
        return quiet > (QUIET if task.log.lines else SILENT)

    def _check_ended(self) -> None:
        """Raises CloudFailed for a command that never ran, and tells what AWS says beside an exit code."""
        assert self._found
        said = reason(self._found)
        if exit_code(self._found) is None and not self._stopped.is_set():
            raise _not_started(self.service, self.command, said)
        if self._found["containers"][0].get("reason"):
            self.emit(Event("run", self.service, f"AWS says: {said}", "warning"))


def _not_started(service: str, command: Sequence[str], said: str) -> CloudFailed:
    failed = CloudFailed(f"`{shlex.join(command)}` could not be started in a task of {service}.", detail=said)
    failed.exit_code = NOT_STARTED
    return failed
