"""The base of a server as it is kept."""

import json
from dataclasses import asdict, replace

import pytest

from homeport.home.base import Base

OLD = {
    "id": "1",
    "instance": "homeport",
    "domain": "home.lan",
    "address": "0.0.0.0",
    "http": 80,
    "https": 443,
    "registry_port": 5000,
    "backup": "",
    "postgres": 17,
    "edge": "172.31.0.0/22",
    "data": "172.31.4.0/22",
    "image_source": "built",
}


def test_the_base_of_an_older_version_is_read() -> None:
    """What it does not say is as it was then: HTTP only, the registry on the loopback alone."""
    base = Base(**json.loads(json.dumps(OLD)))
    assert ("", 0) == (base.tls, base.registry_lan)
    assert base == Base(**asdict(base))


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "http://notes.home.lan/api"),
        ({"http": 8080}, "http://notes.home.lan:8080/api"),
        ({"tls": "own"}, "https://notes.home.lan/api"),
        ({"tls": "given", "https": 8443, "http": 8080}, "https://notes.home.lan:8443/api"),
    ],
)
def test_the_address_that_a_person_opens(changes: dict[str, object], url: str) -> None:
    """HTTPS where there is any, and the port only where it is not the usual one."""
    assert url == replace(Base(**OLD), **changes).url("notes.home.lan", "/api")
