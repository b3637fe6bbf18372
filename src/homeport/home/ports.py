"""Which ports of a server are taken, and by whom."""

import re
from dataclasses import dataclass

from homeport.home.home import Home

LISTENING = "0A"  # the state of a listening socket in /proc/net/tcp
PROGRAM = re.compile(r'users:\(\("(?P<name>[^"]+)",pid=(?P<process>\d+)')


@dataclass(frozen=True, slots=True)
class Taken:
    """A port, and who listens on it in words."""

    port: int
    owner: str


def taken_by_others(home: Home, ports: list[int]) -> list[Taken]:
    """Those of the ports on which something listens that is not a container of this installation."""
    ours, containers = _published(home)
    listening = _listening(home)
    return [
        Taken(port, containers.get(port) or _program(home, port))
        for port in ports
        if port not in ours and (port in listening or port in containers)
    ]


def next_free(home: Home, port: int) -> int:
    """The port itself, or the next one on which nothing listens; from the unprivileged ones for a low port."""
    ours, containers = _published(home)
    unavailable = (_listening(home) | containers.keys()) - ours
    if port not in unavailable:
        return port
    candidate = port + 8000 if port < 1024 else port + 1
    while candidate in unavailable:
        candidate += 1
    return candidate


def _published(home: Home) -> tuple[set[int], dict[int, str]]:
    """The ports that containers of ours publish, and those that other containers do, with the container's name."""
    ours: set[int] = set()
    others: dict[int, str] = {}
    for container in home.docker.containers():
        ports = {port["PublicPort"] for port in container["Ports"] if "PublicPort" in port}
        if (container["Labels"] or {}).get("homeport.instance") == home.instance:
            ours |= ports
        else:
            others |= dict.fromkeys(ports, f"container {container['Names'][0].lstrip('/')}")
    return ours, others


def _listening(home: Home) -> set[int]:
    text = home.host.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"]).stdout.decode()
    rows = [line.split() for line in text.splitlines()]
    return {int(row[1].rsplit(":", 1)[1], 16) for row in rows if len(row) > 3 and row[3] == LISTENING}


def _program(home: Home, port: int) -> str:
    """The program's name and process, where the server has `ss` and the login may see it."""
    shown = home.host.run(["sh", "-c", f"command -v ss >/dev/null && ss -ltnpH 'sport = :{port}'"])
    found = PROGRAM.search(shown.stdout.decode(errors="replace"))
    return f"{found['name']} (process {found['process']})" if found else "another program"
