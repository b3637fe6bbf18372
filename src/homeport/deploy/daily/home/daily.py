"""The daily verbs on a home server, each in a file beside this one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from homeport.deploy import services
from homeport.deploy.application import Application
from homeport.deploy.daily.home import sessions, visit
from homeport.deploy.daily.home.logs import logs
from homeport.deploy.daily.home.troubles import troubles
from homeport.deploy.daily.protocol import Asked, Page, Session, Trouble
from homeport.deploy.ways.home.roots import root_of
from homeport.errors import Refused
from homeport.events import Emit
from homeport.stack import Root
from homeport.stack.application import container_addresses
from homeport.targets import HomeTarget
from homeport.terraform import Change


@dataclass(frozen=True, slots=True)
class HomeDaily:
    """The daily verbs of an application on one home server; see `Daily`."""

    application: Application
    target: HomeTarget

    def logs(self, service: str | None, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
        return logs(self.application, self.target, service, lines=lines, follow=follow)

    def run(self, service: str, asked: Asked, emit: Emit) -> AbstractContextManager[Session]:
        return sessions.run(self.application, self.target, service, asked, emit)

    def execute(self, service: str, asked: Asked) -> AbstractContextManager[Session]:
        return sessions.execute(self.application, self.target, service, asked)

    def psql(self, asked: Asked, emit: Emit, *, as_owner: bool) -> AbstractContextManager[Session]:
        return sessions.psql(self.application, self.target, asked, as_owner=as_owner)

    def page(self, service: str | None) -> Page:
        return visit.page(self.application, self.target, service)

    def troubles(self) -> tuple[Trouble, ...]:
        return troubles(self.application, self.target)

    def renewable(self, configuration: Mapping[str, Any]) -> Mapping[str, str]:
        return container_addresses(configuration)

    def renewing(self, configuration: Mapping[str, Any], names: Collection[str]) -> Root:
        """A container gets the values that the server has when it is made."""
        return root_of(self.target, configuration)

    def is_renewal(self, change: Change, names: Collection[str]) -> bool:
        if change.noun == "container":
            return change.values["service"] in names and change.action in ("create", "replace")
        return change.noun == "route" and change.action == "update"

    def not_released(self, name: str) -> Refused:
        return services.not_released(self.application, name, self.release_command())

    def release_command(self) -> str:
        return sessions.up(self.application)
