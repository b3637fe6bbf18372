"""Asking every route of an application through the gateway, as a user's browser would: by HTTPS where there is any."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from homeport.deploy.answers import Answer, resolves
from homeport.errors import GatewayFailed
from homeport.releases.configuration import hosts, paths
from homeport.targets import HomeTarget

TIMEOUT = 10.0  # seconds for one answer
NO_SERVER = 503
AT_ONCE = 8


def verify(target: HomeTarget, configuration: Mapping[str, Any]) -> tuple[Answer, ...]:
    """The answer of every route of a release. Raises GatewayFailed when the gateway has no container for one."""
    routes = [(host, path, service) for host in hosts(configuration) for service, path in paths(configuration).items()]
    with ThreadPoolExecutor(AT_ONCE) as pool:  # each is some ways to the server and back
        answers = tuple(pool.map(lambda route: _ask(target, *route), routes))
    silent = [answer for answer in answers if answer.status == NO_SERVER]
    if silent:
        raise GatewayFailed(
            f"{silent[0].url} answers 503 through the gateway.",
            next_step="See its log: homeport logs " + silent[0].service,
        )
    return answers


def _ask(target: HomeTarget, host: str, path: str, service: str) -> Answer:
    door = target.drivers.gateway.door
    try:
        try:
            status = _status(door.connect(host, timeout=TIMEOUT), host, path)
        except (ConnectionError, ssl.SSLEOFError):  # a reload has just closed what was opened before it
            status = _status(door.connect(host, timeout=TIMEOUT, may_be_spare=False), host, path)
    except OSError as error:
        raise GatewayFailed(
            f"The gateway of {target.home.called} does not answer: {error}.", next_step="Run: homeport setup"
        ) from error
    return Answer(service, target.base.url(host, path), status, resolves(host))


def _status(entered: socket.socket, host: str, path: str) -> int:
    connection = http.client.HTTPConnection(host, timeout=TIMEOUT)
    connection.sock = entered
    try:
        connection.request("GET", path, headers={"User-Agent": "homeport"})
        return connection.getresponse().status
    finally:
        connection.close()
