"""What is known of a machine before anything is done to it: one look, by plain commands of any Linux."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from homeport.errors import HomeportError, HostUnreachable
from homeport.host import Host
from homeport.machine.system import System, parse

EngineState = Literal["answers", "forbidden", "silent"]

# Answers are NAME=VALUE, each ended by a zero byte. $1 is the engine's socket.
LOOK = r"""
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() { printf '%s=%s\0' "$1" "$2"; }
has() { command -v "$1" >/dev/null 2>&1 && echo yes; }
say system "$(cat /etc/os-release 2>/dev/null)"
say architecture "$(uname -m)"
say login "$(id -un)"
say uid "$(id -u)"
say members "$(getent group docker 2>/dev/null | cut -d: -f4)"
say apt "$(has apt-get)"
say dockerd "$(has dockerd)"
say mmdebstrap "$(has mmdebstrap)"
say keyring "$(ls /usr/share/keyrings/debian-archive-keyring.gpg 2>/dev/null)"
say sudo "$(has sudo)"
say passwordless "$([ "$(id -u)" = 0 ] || sudo -n true >/dev/null 2>&1 && echo yes)"
say systemd "$([ -d /run/systemd/system ] && echo yes)"  # there if and only if systemd is the init: sd_booted(3)
say updates "$(ls /var/lib/dpkg/updates 2>/dev/null | tr '\n' ' ')"
pid=$(cat /var/run/docker.pid 2>/dev/null)
say pid "$pid"
say process "$([ -n "$pid" ] && cat "/proc/$pid/comm" 2>/dev/null)"
say running "$(cat /proc/[0-9]*/comm 2>/dev/null | grep -cx dockerd)"
say socket "$([ -e "$1" ] && { [ -w "$1" ] && echo usable || echo forbidden; })"
"""


@dataclass(frozen=True, slots=True)
class Situation:
    """A machine and our login on it.

    `is_member`: of Docker's group, from its next login on. `is_passwordless`: what is run by sudo asks for nothing.
    """

    system: System
    architecture: str
    login: str
    is_root: bool
    is_member: bool
    has_sudo: bool
    is_passwordless: bool
    has_apt: bool
    has_systemd: bool
    has_mmdebstrap: bool
    has_keyring: bool
    was_interrupted: bool  # dpkg, in the middle of an installation
    has_stale_pid: bool
    is_installed: bool
    is_running: bool
    engine: EngineState


def look(host: Host, socket: str) -> Situation:
    """Look at a machine whose engine, if there is one, has its socket at `socket`."""
    looked = host.run(["sh", "-c", LOOK, "sh", socket])
    if looked.returncode:
        raise HomeportError(
            f"{host.address} cannot be looked at by the commands of a shell.",
            detail=looked.stderr.decode(errors="replace").strip(),
        )
    said = answers(looked.stdout)
    return situation(said, _engine(host, said["socket"]))


def answers(text: bytes) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.decode(errors="replace").split("\0") if part)
    return {name: value for name, _, value in pairs}


def situation(said: Mapping[str, str], engine: EngineState) -> Situation:
    """The answers to `LOOK`, understood."""
    system = parse(said["system"])
    return Situation(
        system=system,
        architecture=said["architecture"],
        login=said["login"],
        is_root=said["uid"] == "0",
        is_member=said["login"] in said["members"].split(","),
        has_sudo=bool(said["sudo"]),
        is_passwordless=bool(said["passwordless"]),
        has_apt=system.has_apt() and bool(said["apt"]),
        has_systemd=bool(said["systemd"]),
        has_mmdebstrap=bool(said["mmdebstrap"]),
        has_keyring=bool(said["keyring"]),
        # apt would refuse to go on. Source: apt's debSystem::CheckUpdates, which looks for files of such names.
        was_interrupted=any(name.isdigit() for name in said["updates"].split()),
        # After a crash the number may be another process's, and dockerd would not start for it.
        has_stale_pid=bool(said["pid"]) and said["process"] != "dockerd",
        is_installed=bool(said["dockerd"]),
        is_running=said["running"] not in ("", "0"),
        engine=engine,
    )


def _engine(host: Host, socket: str) -> EngineState:
    if socket != "usable":
        return "forbidden" if socket == "forbidden" else "silent"
    try:
        host.docker_socket()
    except HostUnreachable:
        return "silent"
    return "answers"
