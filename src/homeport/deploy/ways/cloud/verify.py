"""Asking every route of an application on AWS, as a user's browser would: at CloudFront, or at the load balancer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from homeport.aws import Door, asking
from homeport.aws.base import CloudBase
from homeport.deploy.answers import Answer, resolves
from homeport.deploy.ways.cloud.standing import Standing, is_encrypted, standing
from homeport.errors import CloudFailed
from homeport.releases.configuration import hosts, paths
from homeport.targets import CloudTarget

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
    """The answer of every route of a release. Raises CloudFailed where nothing answers."""
    return answers_of(target, configuration, routes(target, configuration, standing_of(target, configuration)))


def standing_of(target: CloudTarget, configuration: Mapping[str, Any]) -> Standing:
    """What stands of the application of a configuration."""
    return standing(target.states(f"{configuration['name']}.{configuration['target']}").read())


def answers_of(target: CloudTarget, configuration: Mapping[str, Any], asked: Iterable[Asked]) -> tuple[Answer, ...]:
    """The answer of each, asked at once. Raises CloudFailed where nothing answers."""
    again = target.session.command("status")
    is_named = bool(target.base.outputs.get("zone_id"))  # the application's own root has the records
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = tuple(pool.map(lambda one: _answer(one, again, is_named=is_named), asked))
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
    if not found.distribution:
        yield from routes_of_load_balancer(target, configuration, found)
        return
    for host, origin in origins(target.base, configuration, found).items():
        for service, path in paths(configuration).items():
            own = "" if host == found.distribution else host
            door = target.session.endpoints.cloudfront(found.distribution, path, host=own)
            yield Asked(service, host, f"{origin}{path}", found.distribution, door)


def routes_of_load_balancer(target: CloudTarget, configuration: Mapping[str, Any], found: Standing) -> Iterator[Asked]:
    """The routes that the load balancer has, under the same names: all but those of sites."""
    balancer = str(target.base.outputs["load_balancer_dns"])
    encrypted = is_encrypted(configuration, target.base)
    for host in hosts(configuration) or (found.distribution or balancer,):
        for service, path in paths(configuration).items():
            if service not in configuration.get("sites", {}):
                door = target.session.endpoints.load_balancer(balancer, host, path, is_encrypted=encrypted)
                url = f"{'https' if encrypted else 'http'}://{host}{path}"
                yield Asked(service, host, url, found.distribution or balancer, door)


def origins(base: CloudBase, configuration: Mapping[str, Any], found: Standing) -> dict[str, str]:
    """The names that a release answers on, each with the beginning of its URLs; the first is its own."""
    scheme = "https" if found.distribution or is_encrypted(configuration, base) else "http"
    names = hosts(configuration) or (found.distribution or str(base.outputs["load_balancer_dns"]),)
    return {name: f"{scheme}://{name}" for name in names}


def _answer(asked: Asked, again: str, *, is_named: bool) -> Answer:
    """A name of Amazon's, and one in the base's zone, is in the DNS without a person's doing."""
    status = _status(asked, again)
    is_known = is_named or asked.host == asked.leads_to or resolves(asked.host)
    return Answer(asked.service, asked.url, status, is_known, asked.leads_to)


def _status(asked: Asked, again: str) -> int:
    """Asked again for a while where the name is too new to lead anywhere; `again` is how a person does it later."""
    until = time.monotonic() + NEW_NAME.total_seconds()
    while True:
        try:
            return asking.status(asked.door)
        except (OSError, HTTPException) as error:
            if not isinstance(error, socket.gaierror) or time.monotonic() > until:
                raise CloudFailed(
                    f"{asked.url} {asking.failure(error)}.",
                    next_step=f"Where it is new, AWS may need some minutes. Ask again by: {again}",
                ) from error
        time.sleep(POLL)
