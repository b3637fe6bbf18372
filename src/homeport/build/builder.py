"""Builds images on a server's engine."""

import threading
from collections.abc import Callable
from pathlib import Path

from homeport.build import buildkit, classic
from homeport.build.command import Command, find_command
from homeport.build.failure import INSTALL_BUILDX, failure
from homeport.build.order import Order
from homeport.build.progress import Transcript
from homeport.errors import BuildFailed, Interrupted
from homeport.events import Emit, Event, ignore


class Builder:
    """Builds on the engine behind a socket: with BuildKit where a docker command has it, else without.

    May be used by several threads at once. Setting `stopped` ends every build that runs.
    """

    def __init__(
        self,
        socket: Path,
        *,
        emit: Emit = ignore,
        stopped: threading.Event | None = None,
        find: Callable[[], Command] = find_command,
    ) -> None:
        self.socket = socket
        self.stopped = stopped or threading.Event()
        self._emit = emit
        self._find = find
        self._command: Command | None = None
        self._choosing = threading.Lock()

    def build(self, order: Order) -> str:
        """Build and return the image's id.

        Raises BuildFailed with the instruction that failed and its last lines; Interrupted after `stopped`.
        """
        self._check_secrets(order)
        transcript = Transcript(order.source.subject, self._emit, order.secrets.values())
        command = self.command()
        build = buildkit.build if command.has_buildkit else classic.build
        image_id = build(command, self.socket, order, transcript, self.stopped)
        if self.stopped.is_set():
            raise Interrupted(f"The build of {order.source.subject} was stopped; nothing was changed.")
        if image_id is None:
            raise failure(order.source, order.text, transcript)
        return image_id

    def command(self) -> Command:
        """The docker command that builds; said once when it is one without BuildKit."""
        with self._choosing:
            if self._command is None:
                self._command = self._find()
                if not self._command.has_buildkit:
                    self._emit(Event("build", "engine", _CLASSIC_NOTE, "warning"))
            return self._command

    def _check_secrets(self, order: Order) -> None:
        missing = [name for name in order.source.secrets if name not in order.secrets]
        if missing:
            raise BuildFailed(
                f"{order.source.shown}: the build needs the secret {missing[0]}, which is not set.",
                next_step=f"Set it by: homeport secret set {missing[0]}",
            )
        if order.secrets and not self.command().has_buildkit:
            raise BuildFailed(
                f"{order.source.shown}: secrets in a build need BuildKit, and no docker command here has it.",
                next_step=INSTALL_BUILDX,
            )


_CLASSIC_NOTE = "no docker command with buildx here: the engine's older builder is used, without RUN --mount"
