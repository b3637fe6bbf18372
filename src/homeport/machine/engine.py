"""A Docker engine on this machine: found, started or installed."""

import getpass
import os
import shlex
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.machine import daemon, membership, root
from homeport.machine.system import System, engine_packages, this_system

DEFAULT_SOCKET = Path("/var/run/docker.sock")

Confirm = Callable[[str], bool]
Step = Literal["use", "forbidden", "start", "install", "unsupported"]


@dataclass(frozen=True, slots=True)
class EngineFound:
    """The engine that answers, and what was done to have it."""

    socket: Path
    started: bool
    installed: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known before anything is done."""

    answers: bool
    may_ask: bool
    is_installed: bool
    has_apt: bool


def ensure_engine(emit: Emit, *, confirm: Confirm) -> EngineFound:
    """Find the engine, or start it, or install and start it.

    `confirm` is asked once, with the exact commands, before anything is installed or started. Settings of an
    engine that is there are never touched. A login that is in Docker's group only since then is let in by running
    this very command again. Raises Refused where a person has to act, EngineFailed where the engine does not come up.
    """
    engine = socket_path()
    system = this_system()
    step = decide(look(engine, system))
    if step == "unsupported":
        raise _unsupported(system)
    if step in ("start", "install"):
        _bring_up(step, engine, system, emit, confirm)
    if not _may_ask(engine):
        if membership.can_restart():
            emit(Event("engine", "docker", f"going on as a member of the group {membership.GROUP}"))
            membership.restart_as_member()
        raise _forbidden(engine)
    return EngineFound(engine, started=step != "use", installed=step == "install")


def socket_path() -> Path:
    """DOCKER_HOST if it names a unix socket, else the engine's own. Raises Refused for an engine elsewhere."""
    named = os.environ.get("DOCKER_HOST", "")
    if named and not named.startswith("unix://"):
        raise Refused(
            f"DOCKER_HOST is {named}, which is not this machine's engine.",
            next_step="Unset DOCKER_HOST; a server is named in the manifest or by --host ssh://…",
        )
    return Path(named.removeprefix("unix://")) if named else DEFAULT_SOCKET


def look(engine: Path, system: System) -> Situation:
    may_ask = _may_ask(engine)
    return Situation(
        answers=may_ask and daemon.answers(engine),
        may_ask=may_ask,
        is_installed=shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None,
        has_apt=system.has_apt() and shutil.which("apt-get") is not None,
    )


def decide(situation: Situation) -> Step:
    if not situation.may_ask:
        return "forbidden"
    if situation.answers:
        return "use"
    if situation.is_installed:
        return "start"
    return "install" if situation.has_apt else "unsupported"


def _bring_up(step: Step, engine: Path, system: System, emit: Emit, confirm: Confirm) -> None:
    if engine != DEFAULT_SOCKET:
        raise Refused(
            f"No Docker engine answers on {engine}, which DOCKER_HOST names.",
            next_step="Start that engine, or unset DOCKER_HOST.",
        )
    packages = engine_packages(system) if step == "install" else ()
    install = root.apt_install(packages, purpose="Installing Docker") if packages else ()
    join = membership.join_commands()
    _ask(confirm, (*install, *join, *daemon.start_commands()), packages)
    if packages:
        _install(install, packages, emit)
    for command in join:
        emit(Event("engine", "docker", f"{getpass.getuser()} may use it from now on, by the group {membership.GROUP}"))
        root.run(command)
    _start(engine, emit)


def _ask(confirm: Confirm, commands: Sequence[Sequence[str]], packages: Sequence[str]) -> None:
    what = "There is no Docker engine here." if packages else "The Docker engine is not running."
    listed = "\n".join(f"  {shlex.join(command)}" for command in commands)
    if not confirm(f"{what} To have one, these commands are run:\n{listed}\nRun them?"):
        raise Refused(f"{what} Nothing was changed.", next_step=f"Run these yourself, then try again:\n{listed}")


def _install(commands: Sequence[Sequence[str]], packages: Sequence[str], emit: Emit) -> None:
    started = time.monotonic()
    emit(Event("engine", "docker", f"installing {', '.join(packages)}", "start"))
    for command in commands:
        root.run(command)
    emit(Event("engine", "docker", f"installed in {time.monotonic() - started:.1f} s", "done"))


def _start(engine: Path, emit: Emit) -> None:
    # Debian's package starts the engine by itself where there is an init to do it.
    if _may_ask(engine) and not daemon.answers(engine):
        emit(Event("engine", "docker", "starting", "start"))
        for command in daemon.start_commands():
            root.run(command)
        daemon.wait_for(engine)
    emit(Event("engine", "docker", "the engine answers", "done"))


def _may_ask(engine: Path) -> bool:
    try:
        daemon.answers(engine)
    except PermissionError:
        return False
    return True


def _forbidden(engine: Path) -> Refused:
    user = getpass.getuser()
    return Refused(
        f"{user} may not use the Docker engine on {engine}.",
        next_step=f"Run: sudo usermod -aG docker {user}\nThen log in again (or run: newgrp docker).",
    )


def _unsupported(system: System) -> Refused:
    return Refused(
        f"There is no Docker engine here, and homeport installs one only on Debian and Ubuntu, not on {system.name}.",
        next_step="Install Docker Engine as docs.docker.com/engine/install says for your system, then run this again.",
    )
