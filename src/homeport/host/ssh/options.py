"""Command lines of ssh. The user's own configuration, keys, agent and jump hosts make the connection."""

import os
import shlex
import sys
from pathlib import Path

from homeport.host.ssh import askpass
from homeport.host.ssh.address import SshAddress

# For tests, and for a person who keeps the servers' configuration apart: the file given to `ssh -F`.
CONFIG_VARIABLE = "HOMEPORT_SSH_CONFIG"

MASTER = (
    "ControlMaster=yes",
    "ControlPersist=no",  # ends with us: nothing is left behind when we are killed
    "ExitOnForwardFailure=yes",
    "StreamLocalBindUnlink=yes",
    "ServerAliveInterval=5",  # a dead link is noticed within 15 s
    "ServerAliveCountMax=2",
    "ConnectTimeout=10",
    "ClearAllForwardings=yes",  # those of the user's configuration are for interactive use
    "RemoteCommand=none",
    "LogLevel=INFO",  # the reason why a forward failed is said at this level
)


def master(address: SshAddress, control: Path, *, is_interactive: bool) -> list[str]:
    """The connection, with a bash as its own session.

    A session, not `-N`: without one every exec through the forwarded engine socket takes 40 ms longer.
    """
    batch = () if is_interactive else ("BatchMode=yes",)
    return [
        *_begin(),
        *_options(f"ControlPath={control}", *MASTER, *batch),
        *address.arguments(),
        "exec bash --noprofile --norc",
    ]


def question(address: SshAddress) -> list[str]:
    """A connection of its own that asks nobody, does nothing, and says in detail how it went."""
    options = ("BatchMode=yes", "ControlPath=none", "ClearAllForwardings=yes", "ConnectTimeout=10", "LogLevel=DEBUG1")
    return [*_begin(), *_options(*options, "RemoteCommand=none"), *address.arguments(), "true"]


def _begin() -> list[str]:
    config = os.environ.get(CONFIG_VARIABLE)
    return ["ssh", "-T", *(("-F", config) if config else ())]


def further(address: SshAddress, control: Path) -> list[str]:
    """Anything more over the same connection. Without configuration: all it needs is the control socket.

    ProxyCommand=false: ssh would else open a connection of its own when the control socket is gone.
    """
    options = _options("ControlMaster=no", "ProxyCommand=false", "LogLevel=ERROR")
    return ["ssh", "-T", "-F", "none", "-S", str(control), *options]


def session(address: SshAddress, control: Path, command: str) -> list[str]:
    """A command of the login's shell, over the connection."""
    return [*further(address, control), "--", address.host, command]


def session_at_terminal(address: SshAddress, control: Path, command: str) -> list[str]:
    """The same with a terminal there; no key of the person's is taken for a word to ssh itself."""
    return [*further(address, control), "-tt", "-e", "none", "--", address.host, command]


def control_command(address: SshAddress, control: Path, *arguments: str) -> list[str]:
    """A request to the connection itself, such as `-O forward -L …`."""
    return [*further(address, control), *arguments, "--", address.host]


def environment(folder: Path, *, is_interactive: bool) -> dict[str, str]:
    """Ours; with a person at the terminal, ssh asks through `askpass`."""
    inherited = dict(os.environ)
    if not is_interactive or "SSH_ASKPASS_REQUIRE" in inherited:
        return inherited
    script = folder / "askpass"
    script.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-I", askpass.__file__])} "$@"\n')
    script.chmod(0o700)
    return inherited | {
        "SSH_ASKPASS": str(script),
        "SSH_ASKPASS_REQUIRE": "force",
        askpass.TERMINAL: os.ttyname(0),
    }


def _options(*options: str) -> list[str]:
    return [part for option in options for part in ("-o", option)]
