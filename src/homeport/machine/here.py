"""Commands that need root on the machine that a person sits at, which need not be a server, nor a Linux."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence

from homeport.errors import HomeportError, Refused

TAIL = 15  # lines of a failed command's output that are shown


def as_root(command: Sequence[str], *, purpose: str) -> tuple[str, ...]:
    """The command as it has to be typed here. Raises Refused if there is neither root nor sudo."""
    if os.geteuid() == 0:
        return tuple(command)
    if shutil.which("sudo"):
        return ("sudo", *command)
    raise Refused(
        f"{purpose} needs root, and this machine has no sudo.",
        next_step=f"Run this as root, then try again: {shlex.join(command)}",
    )


def run(command: Sequence[str]) -> None:
    """Run to the end; raises HomeportError with the last lines of what it said if it fails."""
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if ended.returncode != 0:
        raise HomeportError(
            f"`{shlex.join(command[:4])} …` ended with {ended.returncode}.",
            detail="\n".join(ended.stdout.strip().splitlines()[-TAIL:]),
        )
