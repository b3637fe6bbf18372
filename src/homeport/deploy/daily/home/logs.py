"""`homeport logs` on a home server: what the containers write."""

from __future__ import annotations

from collections.abc import Iterator

from homeport.deploy.application import Application
from homeport.deploy.daily.home.sessions import up
from homeport.deploy.services import check_service, not_running
from homeport.home.container.running import log_lines, running
from homeport.targets import HomeTarget


def logs(
    application: Application, target: HomeTarget, service: str | None, *, lines: int, follow: bool
) -> Iterator[tuple[str, str]]:
    """Log lines of one service or of all, each with its service's name. Raises Refused for one that does not run."""
    present = running(target.home, application.name, application.target_name)
    names = [one.service for one in present]
    if service:
        check_service(application, service, names)
    found = [one for one in present if service in (None, one.service)]
    if not found:
        raise not_running(application, service or "container", names, up(application))
    return log_lines(target.home.docker, found, lines=lines, follow=follow)
