"""Commands that need root on a machine: run as they are when we are root, else by sudo."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from homeport.errors import HomeportError, Refused
from homeport.host import Host, Output
from homeport.machine.situation import Situation

TAIL = 15  # lines of a failed command's output that are shown
PATIENCE = timedelta(minutes=30)
Command = Sequence[str]


@dataclass(frozen=True, slots=True)
class Root:
    """A login's way to root on a machine."""

    host: Host
    situation: Situation

    def typed(self, command: Command) -> tuple[str, ...]:
        """The command as a person types it there: as root, where there is no sudo."""
        return ("sudo", *command) if self.situation.has_sudo and not self.situation.is_root else tuple(command)

    def listed(self, commands: Sequence[Command]) -> str:
        """The same of several, a line each."""
        return "\n".join(f"  {shlex.join(self.typed(command))}" for command in commands)

    def require(self, commands: Sequence[Command], *, purpose: str) -> None:
        """Raises Refused, with the commands to be run by hand, where they cannot be run from here."""
        if self.situation.is_root or self.situation.is_passwordless:
            return
        if not self.situation.has_sudo:
            raise Refused(
                f"{purpose} needs root, and {self._place} has no sudo.",
                next_step=f"Run this there as root, then try again:\n{self.listed(commands)}",
            )
        if not sys.stdin.isatty():
            raise Refused(
                f"{purpose} needs root, and sudo on {self._place} asks {self.situation.login} for a password: "
                "there is no terminal to ask on.",
                next_step=f"Run this there, then try again:\n{self.listed(commands)}",
            )

    def run(self, commands: Sequence[Command], *, purpose: str) -> None:
        """Run them to the end of the first that fails. Raises HomeportError with the last lines of what it said.

        At a terminal all of them at once, so that sudo, which knows a person by the terminal, asks once.
        """
        self.require(commands, purpose=purpose)
        if not commands:
            return
        if self.situation.is_root or not sys.stdin.isatty():
            for command in commands:
                self._see(self.host.run(self._unasked(command), timeout=PATIENCE), shlex.join(command[:4]), [command])
        else:
            self._see(self._attended(commands), purpose, commands)

    def _unasked(self, command: Command) -> tuple[str, ...]:
        return tuple(command) if self.situation.is_root else ("sudo", "-n", *command)

    def _attended(self, commands: Sequence[Command]) -> Output:
        """What they say is kept for the case that they fail; sudo asks on the terminal itself."""
        log = f"{self.host.home_folder()}/.cache/homeport/as-root.log"
        self.host.files.write(log, b"")
        script = (
            f"{{ {' && '.join(shlex.join(self.typed(command)) for command in commands)}; }} >{shlex.quote(log)} 2>&1"
        )
        code = self.host.attend(["sh", "-c", script])
        return Output(code, b"", self.host.files.read(log))

    def _see(self, ended: Output, what: str, commands: Sequence[Command]) -> None:
        if ended.returncode == 0:
            return
        lines = (ended.stdout + ended.stderr).decode(errors="replace").strip().splitlines()
        if any("is not in the sudoers file" in line or "is not allowed to " in line for line in lines):
            raise Refused(
                f"{self.situation.login} may not use sudo on {self._place}.",
                detail="\n".join(lines[-TAIL:]),
                next_step=f"Let somebody who may run this there, then try again:\n{self.listed(commands)}",
            )
        raise HomeportError(
            f"`{what} …` ended with {ended.returncode} on {self._place}.",
            detail="\n".join(lines[-TAIL:]),
            next_step="Mend that, then run the same command again: it goes on where this one stopped.",
        )

    @property
    def _place(self) -> str:
        return "this machine" if self.host.address == "local" else self.host.address
