"""A machine as `look` finds it, for tests of what follows from it."""

from dataclasses import replace
from typing import Any

from homeport.machine.situation import Situation
from homeport.machine.system import parse

BARE = Situation(
    system=parse("ID=debian\nVERSION_ID=12\n"),
    architecture="x86_64",
    login="ana",
    is_root=False,
    is_member=False,
    has_sudo=True,
    is_passwordless=True,
    has_apt=True,
    has_systemd=True,
    has_mmdebstrap=False,
    has_keyring=True,
    was_interrupted=False,
    has_stale_pid=False,
    is_installed=False,
    is_running=False,
    engine="silent",
)


def bare(**changes: Any) -> Situation:
    """A bare Debian 12 with a login that may use sudo, but for the changes."""
    return replace(BARE, **changes)
