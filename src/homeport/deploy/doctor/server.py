"""The server that is examined: what several checks ask of it is asked once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from homeport.deploy.doctor.commands import Commands
from homeport.home.base import Base
from homeport.home.gateway import RouteKey
from homeport.targets import HomeTarget
from homeport.terraform.statefile import attributes

Inspection = dict[str, Any]
BASE = "base"


@dataclass(frozen=True)
class Server:
    """An open installation. `hosts` are the host names that manifests ask for, each with its root (`notes.home`)."""

    target: HomeTarget
    commands: Commands
    hosts: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> Base:
        return self.target.base

    def run(self, *command: str) -> str:
        """What a command on the server prints; an error is no output."""
        return self.target.host.run(command).stdout.decode(errors="replace")

    @cached_property
    def roots(self) -> list[str]:
        """The roots that have a state, `notes.home`; the base's is not among them."""
        return [name for name in self.target.host.files.list(self.target.home.path("state")) if name != BASE]

    @cached_property
    def inspected(self) -> dict[str, Inspection]:
        """Every container of the installation by name, stopped ones too; one that has gone meanwhile is left out."""
        finder = self.target.drivers.containers.finder
        found = (finder.inspect(one["Id"]) for one in finder.ours())
        return {str(one["Name"]).lstrip("/"): one for one in found if one is not None}

    @cached_property
    def routes(self) -> dict[RouteKey, str | None]:
        """Every route of the gateway, and what it says of it."""
        return self.target.drivers.gateway.routes()

    def states(self, noun: str, root: str = BASE) -> list[dict[str, Any]]:
        """The objects of a noun that the state of a root has."""
        return attributes(self.target.states(root).read(), noun)

    def name(self, service: str) -> str:
        """The container of a service of the base."""
        return f"{self.target.home.instance}-{service}"
