"""The login's place in the group whose members may use the Docker engine.

A login gets its groups when it begins. Whoever is added later, as by us after the installation, has to begin again;
sg(1) does that for one command, and sudo(8) where a small system has no sg.
"""

import getpass
import grp
import os
import shlex
import shutil
import sys
from collections.abc import Sequence

from homeport.machine.steps import GROUP

RESTARTED = "HOMEPORT_RESTARTED_AS_MEMBER"


def is_member(user: str) -> bool:
    """Whether the next login of that name will be in the group."""
    try:
        return user in grp.getgrnam(GROUP).gr_mem
    except KeyError:
        return False


def can_restart() -> bool:
    """Once only: a member who is still refused then has another reason to be."""
    has_way = shutil.which("sg") or shutil.which("sudo")
    return is_member(getpass.getuser()) and has_way is not None and not was_restarted()


def was_restarted() -> bool:
    """Whether we are a member in this command only: the person's own login is not yet."""
    return RESTARTED in os.environ


def restart_as_member() -> None:
    """Begin this very command again, with the group beside the login's own. Does not return."""
    sys.stdout.flush()
    sys.stderr.flush()
    again = _by_sg(sys.orig_argv) if shutil.which("sg") else _by_sudo(sys.orig_argv)
    os.execvpe(again[0], again, os.environ | {RESTARTED: "1"})


def _by_sg(command: Sequence[str]) -> tuple[str, ...]:
    """sg makes the group the first one; the second sg puts the login's own first again."""
    own_first = shlex.join(["sg", grp.getgrgid(os.getgid()).gr_name, "-c", f"exec {shlex.join(command)}"])
    return ("sg", GROUP, "-c", f"exec {own_first}")


def _by_sudo(command: Sequence[str]) -> tuple[str, ...]:
    """sudo gives its command the groups that the login has now; it would set a PATH of its own."""
    keep = ("--preserve-env", f"--user={getpass.getuser()}", "--", "env", f"PATH={os.environ['PATH']}")
    return ("sudo", *keep, *command)
