"""What of an application does not run as it should on a home server."""

from __future__ import annotations

from homeport.deploy.application import Application
from homeport.deploy.daily.protocol import EXPLAINING_LINES, Trouble
from homeport.home.container.running import Broken, broken
from homeport.targets import HomeTarget


def troubles(application: Application, target: HomeTarget) -> tuple[Trouble, ...]:
    found = broken(target.home, application.name, application.target_name, lines=EXPLAINING_LINES)
    return tuple(_trouble(one) for one in found)


def _trouble(one: Broken) -> Trouble:
    """The engine's own phrase says what is wrong: `Restarting (1) 5 seconds ago`."""
    return Trouble(one.service, f"its container says: {one.status}.", one.exit_code, one.log)
