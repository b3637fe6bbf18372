"""`homeport open` on AWS."""

from __future__ import annotations

from homeport.deploy.application import Application
from homeport.deploy.daily.cloud.serving import Serving
from homeport.deploy.daily.paths import path_of
from homeport.deploy.daily.protocol import Page
from homeport.deploy.services import never_released
from homeport.deploy.ways.cloud.bringing import promotion
from homeport.deploy.ways.cloud.verify import origins
from homeport.targets import CloudTarget


def page(application: Application, target: CloudTarget, service: str | None) -> Page:
    """By the first host name that it was released with; else by CloudFront's own or, without a site, the load
    balancer's. Raises Refused where nothing was released."""
    path = path_of(application, service)
    serving = Serving.of(application, target)
    found = serving.standing()
    last = target.last_release(application.name, application.target_name)
    if last is None:
        raise never_released(application, promotion(application))
    origin = next(iter(origins(serving.base, last.configuration, found).values()))
    return Page(f"{origin}{path}")
