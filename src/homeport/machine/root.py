"""Commands that need root: run as they are when we are root, else by sudo."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from homeport.errors import HomeportError, Refused

TAIL = 15  # lines of a failed command's output that are shown

QUESTIONLESS = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}


def is_root() -> bool:
    return os.geteuid() == 0


def as_root(command: Sequence[str], *, purpose: str) -> tuple[str, ...]:
    """The command as it has to be typed here. Raises Refused if there is neither root nor sudo."""
    if is_root():
        return tuple(command)
    if shutil.which("sudo"):
        return ("sudo", *command)
    raise Refused(
        f"{purpose} needs root, and this machine has no sudo.",
        next_step=f"Run this as root, then try again: {shlex.join(command)}",
    )


def apt_install(packages: Sequence[str], *, purpose: str) -> tuple[tuple[str, ...], ...]:
    """The commands that install Debian packages without a question."""
    questionless = ("env", *(f"{name}={value}" for name, value in QUESTIONLESS.items()))
    return (
        as_root(("apt-get", "update", "-q"), purpose=purpose),
        as_root(
            (*questionless, "apt-get", "install", "-qy", "--no-install-recommends", *packages),
            purpose=purpose,
        ),
    )


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, held: int | None = None) -> None:
    """Run to the end; raises HomeportError with the last lines of what it said if it fails.

    `held` is a descriptor that the command keeps open, so that a lock outlives us if the command does.
    """
    ended = subprocess.run(
        command,
        stdin=None if command[0] == "sudo" else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        pass_fds=() if held is None else (held,),
        check=False,
    )
    if ended.returncode != 0:
        said = ended.stdout.decode(errors="replace").strip().splitlines()
        raise HomeportError(
            f"`{shlex.join(command[:4])} …` ended with {ended.returncode}.", detail="\n".join(said[-TAIL:])
        )
