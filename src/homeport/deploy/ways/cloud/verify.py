"""Asking every route of an application on AWS, as a user's browser would: at CloudFront, or at the load balancer."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from homeport.aws import Door
from homeport.deploy.answers import Answer, resolves
from homeport.deploy.ways.cloud.standing import Standing, is_encrypted, standing
from homeport.errors import CloudFailed
from homeport.releases.configuration import hosts, paths
from homeport.targets import CloudTarget

TIMEOUT = 15.0  # seconds for one answer
NEW_NAME = timedelta(seconds=20)  # in which a name that AWS has just made comes to resolve
POLL = 2.0  # seconds
AT_ONCE = 8  # routes
NO_SERVER = frozenset({502, 503, 504})  # what a load balancer and CloudFront say of a service that is not there


@dataclass(frozen=True, slots=True)
class Asked:
    """One route: the door to it, its URL as a user knows it, and the name of AWS's that its host should lead to."""

    service: str
    host: str
    url: str
    leads_to: str
    door: Door


def verify(target: CloudTarget, configuration: Mapping[str, Any]) -> tuple[Answer, ...]:
    """The answer of every route of a release, asked at once. Raises CloudFailed where nothing answers."""
    found = standing(target.states(f"{configuration['name']}.{configuration['target']}").read())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = tuple(pool.map(_answer, routes(target, configuration, found)))
    silent = [answer for answer in answers if answer.status in NO_SERVER]
    if silent:
        raise CloudFailed(
            f"{silent[0].url} answers {silent[0].status}: there is no task that could.",
            next_step="See its log in CloudWatch: "
            f"/homeport/{configuration['name']}/{configuration['target']}/{silent[0].service}",
        )
    return answers


def routes(target: CloudTarget, configuration: Mapping[str, Any], found: Standing) -> Iterator[Asked]:
    """All routes of a release, under each of its host names, or under the one that AWS gave it."""
    balancer = str(target.base.outputs["load_balancer_dns"])
    encrypted = is_encrypted(configuration, target.base, found)
    endpoints = target.session.endpoints

    def door(host: str, path: str) -> Door:
        if found.distribution:
            return endpoints.cloudfront(found.distribution, path, host="" if host == found.distribution else host)
        return endpoints.load_balancer(balancer, host, path, is_encrypted=encrypted)

    for host in hosts(configuration) or (found.distribution or balancer,):
        for service, path in paths(configuration).items():
            url = f"{'https' if encrypted else 'http'}://{host}{path}"
            yield Asked(service, host, url, found.distribution or balancer, door(host, path))


def _answer(asked: Asked) -> Answer:
    is_amazons = asked.host == asked.leads_to  # such a name is in the DNS without anybody's doing
    return Answer(asked.service, asked.url, _status(asked), is_amazons or resolves(asked.host), asked.leads_to)


def _status(asked: Asked) -> int:
    """Asked again for a while where the name is too new to lead anywhere."""
    until = time.monotonic() + NEW_NAME.total_seconds()
    while True:
        try:
            return _ask(asked.door)
        except OSError as error:
            if not isinstance(error, socket.gaierror) or time.monotonic() > until:
                raise CloudFailed(
                    f"{asked.url} does not answer: {error}.",
                    next_step="Where it is new, AWS may need some minutes. Ask again by: homeport status",
                ) from error
        time.sleep(POLL)


def _ask(door: Door) -> int:
    """The status of one answer; the door's own server name is what TLS asks for and is shown."""
    place = urlsplit(door.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=TIMEOUT)
    if place.scheme == "https":
        plain = socket.create_connection((place.hostname, place.port or 443), timeout=TIMEOUT)
        server_name = door.server_name or place.hostname
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=server_name)
    try:
        connection.request("GET", place.path or "/", headers={"User-Agent": "homeport", **door.headers})
        return connection.getresponse().status
    finally:
        connection.close()
