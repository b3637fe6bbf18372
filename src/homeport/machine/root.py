"""Commands that need root: run as they are when we are root, else by sudo."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from homeport.errors import HomeportError, Refused

TAIL = 15  # lines of a failed command's output that are shown

QUESTIONLESS = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
WAIT = ("-o", "DPkg::Lock::Timeout=300")  # seconds


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
    """The commands that install Debian packages without a question.

    They go on where an installation was cut off, and wait for one that runs, such as a new machine's own updates.
    """
    questionless = ("env", *(f"{name}={value}" for name, value in QUESTIONLESS.items()))
    go_on = [(*questionless, "dpkg", "--configure", "-a")] if was_interrupted() else []
    commands = (
        *go_on,
        ("apt-get", "update", "-q"),
        (*questionless, "apt-get", *WAIT, "install", "-qy", "--no-install-recommends", *packages),
    )
    return tuple(as_root(command, purpose=purpose) for command in commands)


def was_interrupted(updates: Path = Path("/var/lib/dpkg/updates")) -> bool:
    """Whether apt would refuse because dpkg was cut off. Source: apt's debSystem::CheckUpdates, which looks there."""
    return any(file.name.isdigit() for file in updates.glob("*"))


def run(command: Sequence[str], *, held: int | None = None) -> None:
    """Run to the end; raises HomeportError with the last lines of what it said if it fails.

    `held` is a descriptor that the command keeps open, so that a lock outlives us if the command does: as its
    standard input, because sudo closes all others.
    """
    with tempfile.TemporaryFile() as said:  # no pipe: what outlives us must not die of writing into it
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL if held is None else held,
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    if ended.returncode != 0:
        raise HomeportError(
            f"`{shlex.join(command[:4])} …` ended with {ended.returncode}.", detail="\n".join(lines[-TAIL:])
        )
