"""`homeport logs` on AWS: what the tasks wrote, from CloudWatch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from homeport.aws.ecs_service import Services
from homeport.aws.service_log import ServiceLog
from homeport.aws.services import RunningService
from homeport.deploy.application import Application
from homeport.deploy.daily.cloud.serving import Serving, not_there
from homeport.errors import Refused
from homeport.targets import CloudTarget

PAUSE = 1.0  # seconds, between two looks at every log: CloudWatch itself is a few behind
Line = tuple[str, str]


def logs(
    application: Application, target: CloudTarget, service: str | None, *, lines: int, follow: bool
) -> Iterator[Line]:
    """Log lines of one service or of all, each with its service's name. Raises Refused for one that has no log."""
    serving = Serving.of(application, target)
    found = {service: serving.one(service)} if service else serving.all()
    if not found:
        raise _nothing_runs(application)
    read = {name: _log(serving, one) for name, one in found.items()}
    return _followed(read, lines) if follow else _last(read, lines)


def _log(serving: Serving, service: RunningService) -> ServiceLog:
    return ServiceLog(Services(serving.target.session, serving.cluster, service.name), service.container)


def _last(read: Mapping[str, ServiceLog], lines: int) -> Iterator[Line]:
    for name, log in read.items():
        yield from ((name, line.text) for line in log.last(lines))


def _followed(read: Mapping[str, ServiceLog], lines: int) -> Iterator[Line]:
    yield from _last(read, lines)
    while True:
        time.sleep(PAUSE)
        fresh = [(line.when, name, line.text) for name, log in read.items() for line in log.read_on()]
        yield from ((name, text) for _, name, text in sorted(fresh, key=lambda line: line[0]))


def _nothing_runs(application: Application) -> Refused:
    site = next(iter(application.manifest.sites), "")
    return not_there(application, site) if site else Refused(f"Nothing of {application.name} has a log.")
