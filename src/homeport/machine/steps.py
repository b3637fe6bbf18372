"""The commands that bring a Docker engine to a machine, as values. Each needs root, and can be repeated."""

from typing import Literal

from homeport.machine.situation import Situation
from homeport.machine.system import engine_packages

Step = Literal["use", "member", "join", "start", "install", "unsupported"]
Command = tuple[str, ...]

GROUP = "docker"  # its members may use the engine
LOG = "/var/log/dockerd-homeport.log"
PID_FILE = "/var/run/docker.pid"
QUESTIONLESS = ("env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1")
WAIT = ("-o", "DPkg::Lock::Timeout=300")  # seconds


def decide(situation: Situation) -> Step:
    """The least that brings an engine. `member`: one that only a new login may use."""
    if situation.engine == "forbidden":
        return "member" if situation.is_member else "join"
    if situation.engine == "answers":
        return "use"
    if situation.is_installed:
        return "start"
    return "install" if situation.has_apt else "unsupported"


def commands(step: Step, situation: Situation) -> tuple[Command, ...]:
    """What a step runs as root, in order."""
    if step == "join":
        return join_commands(situation)
    if step not in ("start", "install"):
        return ()
    packages = engine_packages(situation.system) if step == "install" else ()
    return (*apt_install(packages, situation), *join_commands(situation), *start_commands(situation))


def apt_install(packages: tuple[str, ...], situation: Situation) -> tuple[Command, ...]:
    """Install Debian packages without a question.

    They go on where an installation was cut off, and wait for one that runs, such as a new machine's own updates.
    """
    if not packages:
        return ()
    go_on = [(*QUESTIONLESS, "dpkg", "--configure", "-a")] if situation.was_interrupted else []
    return (
        *go_on,
        ("apt-get", "update", "-q"),
        (*QUESTIONLESS, "apt-get", *WAIT, "install", "-qy", "--no-install-recommends", *packages),
    )


def join_commands(situation: Situation) -> tuple[Command, ...]:
    """What puts the login into Docker's group; nothing for root, who needs no group, and for a member."""
    if situation.is_root or situation.is_member:
        return ()
    return (("usermod", "-aG", GROUP, situation.login),)


def start_commands(situation: Situation) -> tuple[Command, ...]:
    """By systemd where that runs, else as a process of its own; nothing where that process is only beginning."""
    if situation.has_systemd:
        return (("systemctl", "enable", "--now", "docker"),)
    if situation.is_running:
        return ()
    forget: list[Command] = [("rm", "-f", PID_FILE)] if situation.has_stale_pid else []
    return (*forget, ("sh", "-c", f"setsid dockerd </dev/null >>{LOG} 2>&1 &"))
