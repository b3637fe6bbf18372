"""Start a Docker engine that is installed here and wait until it answers."""

import socket
import subprocess
import time
from pathlib import Path

from homeport.errors import EngineFailed
from homeport.machine import root

LOG = Path("/var/log/dockerd-homeport.log")
PID_FILE = Path("/var/run/docker.pid")
SYSTEMD = Path("/run/systemd/system")  # there if and only if systemd is the init: sd_booted(3)
WAIT_SECONDS = 40
GRACE_SECONDS = 2  # until its process is expected to be seen
TAIL = 15

QUESTION = b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"


def answers(engine: Path) -> bool:
    """Whether an engine answers behind the socket. Raises PermissionError where we may not ask."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            connection.connect(str(engine))
            connection.sendall(QUESTION)
            return b" 200 " in connection.recv(64)
    except (FileNotFoundError, ConnectionError, TimeoutError):
        return False


def start_commands() -> tuple[tuple[str, ...], ...]:
    """How the engine is started here: by systemd where that runs, else as a process of its own."""
    purpose = "Starting the Docker engine"
    if SYSTEMD.is_dir():
        return (root.as_root(("systemctl", "enable", "--now", "docker"), purpose=purpose),)
    background = f"setsid dockerd </dev/null >>{LOG} 2>&1 &"
    forget = [root.as_root(("rm", "-f", str(PID_FILE)), purpose=purpose)] if has_stale_pid() else []
    return (*forget, root.as_root(("sh", "-c", background), purpose=purpose))


def has_stale_pid(pid_file: Path = PID_FILE, processes: Path = Path("/proc")) -> bool:
    """Whether the file names a process that is no dockerd: dockerd would take it for one and not start."""
    if not pid_file.is_file():
        return False
    return _name_of(processes / pid_file.read_text().strip()) != "dockerd"


def wait_for(engine: Path, seconds: float = WAIT_SECONDS) -> None:
    """Until the engine answers. Raises EngineFailed with the end of its log if it does not, or has ended."""
    started = time.monotonic()
    while not _answers_or_forbids(engine):
        waited = time.monotonic() - started
        if waited > seconds or (waited > GRACE_SECONDS and not is_running()):
            raise EngineFailed(
                f"The Docker engine was started and does not answer on {engine} after {waited:.0f} s.",
                detail=log_tail(),
                next_step="Mend what its log says, then run this again.",
            )
        time.sleep(0.1)


def is_running(processes: Path = Path("/proc")) -> bool:
    return any(_name_of(process) == "dockerd" for process in processes.glob("[0-9]*"))


def _name_of(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:  # it has ended meanwhile
        return ""


def _answers_or_forbids(engine: Path) -> bool:
    try:
        return answers(engine)
    except PermissionError:
        return True  # it is up; whether we may use it is the caller's question


def log_tail() -> str:
    if SYSTEMD.is_dir():
        command = ["journalctl", "--unit=docker", "--no-pager", "--output=cat", f"--lines={TAIL}"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if not LOG.is_file():
        return f"(there is no {LOG})"
    return "\n".join(LOG.read_text(errors="replace").splitlines()[-TAIL:])
