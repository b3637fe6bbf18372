"""A machine's Docker engine: found, started or installed. On this machine and over SSH by the same steps."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from homeport.errors import EngineFailed, Refused
from homeport.events import Emit, Event
from homeport.host import Host
from homeport.machine import membership
from homeport.machine.root import Root
from homeport.machine.situation import Situation, look
from homeport.machine.steps import GROUP, LOG, Step, commands, decide
from homeport.machine.system import engine_packages

SOCKET = "/var/run/docker.sock"
WAIT_SECONDS = 40
GRACE_SECONDS = 2  # until its process is expected to be seen
POLL = 0.2
TAIL = 15

Confirm = Callable[[str], bool]
LACKS = {
    "install": "There is no Docker engine on {place}.",
    "start": "The Docker engine of {place} is not running.",
    "join": "{login} may not use the Docker engine of {place}.",
}


@dataclass(frozen=True, slots=True)
class EngineFound:
    """The engine that is up, and what was done to have it. With `has_joined`, only a new login may use it."""

    started: bool
    installed: bool
    has_joined: bool


def ensure_engine(host: Host, emit: Emit, *, confirm: Confirm) -> EngineFound:
    """Find the engine, or start it, or install and start it, and let the login use it.

    `confirm` is asked once, with the exact commands, before anything is run as root; each can be repeated. Settings
    of an engine that is there are never touched. On this machine, a login that is in Docker's group only since then is
    let in by running this very command again. Raises Refused where a person has to act, EngineFailed where the engine
    does not come up.
    """
    socket = server_socket(host)
    situation = look(host, socket)
    step = decide(situation)
    if step == "unsupported":
        raise _unsupported(host, situation)
    if commands(step, situation):
        _run(step, host, situation, socket, emit, confirm)
    if step == "start" or step == "install":
        situation = _wait(host, socket)
        emit(Event("engine", "docker", "the engine answers", "done"))
    has_joined = step in ("member", "join") or situation.engine == "forbidden"
    if has_joined and host.address == "local":
        _go_on_as_member(situation, socket, emit)
    return EngineFound(started=step in ("start", "install"), installed=step == "install", has_joined=has_joined)


def server_socket(host: Host) -> str:
    """The path of the engine's socket as the server sees it; on this machine DOCKER_HOST may name another.

    Raises Refused for an engine elsewhere.
    """
    named = os.environ.get("DOCKER_HOST", "") if host.address == "local" else ""
    if named and not named.startswith("unix://"):
        raise Refused(
            f"DOCKER_HOST is {named}, which is not this machine's engine.",
            next_step="Unset DOCKER_HOST; a server is named in the manifest or by --host ssh://…",
        )
    return named.removeprefix("unix://") or SOCKET


def _run(step: Step, host: Host, situation: Situation, socket: str, emit: Emit, confirm: Confirm) -> None:
    if socket != SOCKET:
        raise Refused(
            f"No Docker engine answers on {socket}, which DOCKER_HOST names.",
            next_step="Start that engine, or unset DOCKER_HOST.",
        )
    root = Root(host, situation)
    steps = commands(step, situation)
    what = LACKS[step].format(place=_place(host), login=situation.login)
    listed = root.listed(steps)
    root.require(steps, purpose=f"{what} Changing that")
    if not confirm(f"{what} To change that, these commands are run there:\n{listed}\nRun them?"):
        raise Refused(f"{what} Nothing was changed.", next_step=f"Run these there yourself, then try again:\n{listed}")
    started = time.monotonic()
    packages = engine_packages(situation.system) if step == "install" else ()
    emit(Event("engine", "docker", f"installing {', '.join(packages)}" if packages else "starting", "start"))
    root.run(steps, purpose="Docker")
    if not situation.is_root and not situation.is_member:
        emit(Event("engine", "docker", f"{situation.login} may use it from now on, by the group {GROUP}"))
    emit(Event("engine", "docker", f"done in {time.monotonic() - started:.1f} s", "done"))


def _wait(host: Host, socket: str) -> Situation:
    """Until the engine is up. Raises EngineFailed with the end of its log if it is not in time, or has ended."""
    started = time.monotonic()
    while (situation := look(host, socket)).engine == "silent":
        waited = time.monotonic() - started
        if waited > WAIT_SECONDS or (waited > GRACE_SECONDS and not situation.is_running):
            raise EngineFailed(
                f"The Docker engine of {_place(host)} was started and does not answer after {waited:.0f} s.",
                detail=_log_tail(host, situation),
                next_step="Mend what its log says, then run this again.",
            )
        time.sleep(POLL)
    return situation


def _log_tail(host: Host, situation: Situation) -> str:
    journal = ("journalctl", "--unit=docker", "--no-pager", "--output=cat", f"--lines={TAIL}")
    said = host.run(journal if situation.has_systemd else ("tail", "-n", str(TAIL), LOG))
    return (said.stdout + said.stderr).decode(errors="replace").strip()


def _go_on_as_member(situation: Situation, socket: str, emit: Emit) -> None:
    if not membership.can_restart():
        raise Refused(
            f"{situation.login} may not use the Docker engine on {socket}.",
            next_step=f"Run: sudo usermod -aG docker {situation.login}\nThen log in again (or run: newgrp docker).",
        )
    emit(Event("engine", "docker", f"going on as a member of the group {GROUP}"))
    membership.restart_as_member()


def _place(host: Host) -> str:
    return "this machine" if host.address == "local" else host.address


def _unsupported(host: Host, situation: Situation) -> Refused:
    return Refused(
        f"There is no Docker engine on {_place(host)}, and homeport installs one only on Debian and Ubuntu, "
        f"not on {situation.system.name}.",
        next_step="Install Docker Engine as docs.docker.com/engine/install says for that system, then run this again.",
    )
