"""One installation of homeport on a server."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeport.home.engine import Engine, greeted
from homeport.home.pipelining import Ask
from homeport.host import Host, Lock


@dataclass(frozen=True, slots=True)
class Home:
    """A server, the name and the folder of the installation on it, and its engine."""

    host: Host
    instance: str
    folder: str
    docker: Engine

    @property
    def called(self) -> str:
        """The server as a sentence has it."""
        return called(self.host)

    def path(self, *parts: str) -> str:
        """A path in the installation's folder on the server."""
        return "/".join((self.folder, *parts))

    def lock(self, name: str, holder: str, *, wait: timedelta = timedelta(0)) -> AbstractContextManager[Lock]:
        """The installation's lock of that name: `base`, `gateway`, or `<application>.<target>`."""
        return self.host.lock(self.path("locks", name), holder, wait=wait)

    def network(self, name: str) -> str:
        """The engine's name of our network `edge` or `data`."""
        return f"{self.instance}-{name}"

    def labels(self, **more: str) -> dict[str, str]:
        """What everything of ours carries, so that it is found again by whoever comes next."""
        labels = {"homeport.instance": self.instance, "homeport.folder": self.folder}
        return labels | {f"homeport.{key}": value for key, value in more.items()}


def called(host: Host) -> str:
    """A server as a sentence has it."""
    return "this machine" if host.address == "local" else host.address


def find(host: Host, instance: str) -> tuple[Engine, str | None]:
    """A host's engine, and the folder that `setup` chose for the installation there, from the labels of what it made;
    None when nothing of ours is there. Raises HostUnreachable."""
    wanted = {"label": [f"homeport.instance={instance}", "homeport.folder"]}
    client, volumes = greeted(host, Ask("GET", "/volumes", {"filters": json.dumps(wanted)}))
    kinds: tuple[Callable[[], list[dict[str, Any]]], ...] = (
        lambda: volumes.json().get("Volumes") or [],
        lambda: client.networks(filters=wanted),
        lambda: client.containers(all=True, filters=wanted),
    )
    return client, next((str(thing["Labels"]["homeport.folder"]) for kind in kinds for thing in kind()), None)


def default_folder(host: Host, instance: str) -> str:
    """Where a new installation lives: the system's place for root, the login's own otherwise."""
    parent = "/var/lib/homeport" if host.is_root() else f"{host.home_folder()}/.local/share/homeport"
    return f"{parent}/{instance}"
