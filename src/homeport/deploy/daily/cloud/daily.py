"""The daily verbs on AWS, each in a file beside this one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from homeport.deploy.application import Application
from homeport.deploy.checks import secret_versions
from homeport.deploy.daily.cloud import logs, psql, sessions, troubles
from homeport.deploy.daily.cloud.page import page
from homeport.deploy.daily.cloud.serving import not_there
from homeport.deploy.daily.protocol import Asked, Page, Session, Trouble
from homeport.deploy.ways.cloud.bringing import promotion
from homeport.deploy.ways.cloud.roots import root_of
from homeport.errors import Refused
from homeport.events import Emit
from homeport.releases.configuration import secrets, with_secrets
from homeport.stack import Root
from homeport.stack.cloud_application import is_of_service, task_definition_addresses
from homeport.targets import CloudTarget
from homeport.terraform import Change

RENEWED = {"aws_ecs_task_definition", "aws_ecs_service", "ecs_rollout"}


@dataclass(frozen=True, slots=True)
class CloudDaily:
    """The daily verbs of an application in one region of an AWS account; see `Daily`."""

    application: Application
    target: CloudTarget

    def logs(self, service: str | None, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
        return logs.logs(self.application, self.target, service, lines=lines, follow=follow)

    def run(self, service: str, asked: Asked, emit: Emit) -> AbstractContextManager[Session]:
        return sessions.run(self.application, self.target, service, asked, emit)

    def execute(self, service: str, asked: Asked) -> AbstractContextManager[Session]:
        raise sessions.not_inside(self.application, self.target, service, asked)

    def psql(self, asked: Asked, emit: Emit, *, as_owner: bool) -> AbstractContextManager[Session]:
        return psql.psql(self.application, self.target, asked, emit, as_owner=as_owner)

    def page(self, service: str | None) -> Page:
        return page(self.application, self.target, service)

    def troubles(self) -> tuple[Trouble, ...]:
        return troubles.troubles(self.application, self.target)

    def renewable(self, configuration: Mapping[str, Any]) -> Mapping[str, str]:
        """Of a site nothing runs."""
        return task_definition_addresses(configuration)

    def renewing(self, configuration: Mapping[str, Any], names: Collection[str]) -> Root:
        """A task definition names each secret's version: those of now."""
        versions = secret_versions(self.application, self.target, secrets(configuration))
        return root_of(self.target, with_secrets(configuration, names, versions))

    def is_renewal(self, change: Change, names: Collection[str]) -> bool:
        return change.noun in RENEWED and any(is_of_service(change.address, name) for name in names)

    def not_released(self, name: str) -> Refused:
        return not_there(self.application, name)

    def release_command(self) -> str:
        return promotion(self.application)
