"""Asking every route of an application through the gateway, as a user's browser would: by HTTPS where there is any."""

import http.client
from collections.abc import Mapping
from typing import Any

from homeport.deploy.answers import Answer, resolves
from homeport.errors import GatewayFailed
from homeport.releases.configuration import hosts, paths
from homeport.targets import HomeTarget

TIMEOUT = 10.0  # seconds for one answer
NO_SERVER = 503


def verify(target: HomeTarget, configuration: Mapping[str, Any]) -> tuple[Answer, ...]:
    """The answer of every route of a release. Raises GatewayFailed when the gateway has no container for one."""
    answers = tuple(
        _ask(target, host, path, service)
        for host in hosts(configuration)
        for service, path in paths(configuration).items()
    )
    silent = [answer for answer in answers if answer.status == NO_SERVER]
    if silent:
        raise GatewayFailed(
            f"{silent[0].url} answers 503 through the gateway.",
            next_step="See its log: homeport logs " + silent[0].service,
        )
    return answers


def _ask(target: HomeTarget, host: str, path: str, service: str) -> Answer:
    connection = http.client.HTTPConnection(host, timeout=TIMEOUT)
    try:
        connection.sock = target.drivers.gateway.door.connect(host, timeout=TIMEOUT)
        connection.request("GET", path, headers={"User-Agent": "homeport"})
        status = connection.getresponse().status
    except OSError as error:
        raise GatewayFailed(
            f"The gateway of {target.home.called} does not answer: {error}.", next_step="Run: homeport setup"
        ) from error
    finally:
        connection.close()
    return Answer(service, target.base.url(host, path), status, resolves(host))
