"""The login's place in the group whose members may use the Docker engine.

A login gets its groups when it begins. Whoever is added later, as by us after the installation, has to begin again;
sg(1) does that for one command.
"""

import getpass
import grp
import os
import shlex
import shutil
import sys

from homeport.machine import root

GROUP = "docker"
RESTARTED = "HOMEPORT_RESTARTED_AS_MEMBER"


def is_member(user: str) -> bool:
    """Whether the next login of that name will be in the group."""
    try:
        return user in grp.getgrnam(GROUP).gr_mem
    except KeyError:
        return False


def join_commands() -> tuple[tuple[str, ...], ...]:
    """What puts the login into the group; nothing for root, who needs no group, and for a member."""
    user = getpass.getuser()
    if root.is_root() or is_member(user):
        return ()
    return (root.as_root(("usermod", "-aG", GROUP, user), purpose="Using Docker"),)


def can_restart() -> bool:
    """Once only: a member who is still refused then has another reason to be."""
    return is_member(getpass.getuser()) and shutil.which("sg") is not None and RESTARTED not in os.environ


def restart_as_member() -> None:
    """Begin this very command again, with the group beside the login's own. Does not return.

    Source: sg(1), which makes the group the first one; the second sg puts the login's own first again.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    again = shlex.join(sys.orig_argv)
    own_first = shlex.join(["sg", grp.getgrgid(os.getgid()).gr_name, "-c", f"exec {again}"])
    os.execvpe("sg", ["sg", GROUP, "-c", f"exec {own_first}"], os.environ | {RESTARTED: "1"})
