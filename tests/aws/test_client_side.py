"""The module of a site, applied: its image in ECR, its files in its bucket, its page by CloudFront."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import docker
import pytest

from homeport.aws import AwsDrivers, Session
from homeport.aws.emulator import Running
from homeport.errors import HomeportError
from homeport.home.drivers import Drivers
from homeport.oci import Reference, Registry
from homeport.provider.provider import HomeportProvider
from tests.support.pushed import push
from tests.support.registry import running_registry
from tests.support.terraform import Root, served_root

FIRST = {"index.html": "one", "app.0000aa11.js": "one()"}
SECOND = {"index.html": "two", "app.0000bb22.js": "two()"}


@pytest.fixture(scope="module")
def source() -> Iterator[Registry]:
    with running_registry(docker.APIClient()) as found:
        yield found


@pytest.fixture(scope="module")
def images(source: Registry) -> list[Reference]:
    return [_build(source, files) for files in (FIRST, SECOND)]


def _build(source: Registry, files: dict[str, str]) -> Reference:
    context = {f"site/{name}": text for name, text in files.items()}
    dockerfile = "FROM scratch\nCOPY site /site\n"
    return push(docker.APIClient(), source, "site/notes-web", {"Dockerfile": dockerfile, **context})


@pytest.fixture
def root(session: Session, source: Registry, tmp_path: Path) -> Iterator[Root]:
    drivers = AwsDrivers(session, "test", source)
    provider = HomeportProvider(_no_server, connect_cloud=lambda region, account, server: drivers)
    with served_root(tmp_path, provider) as root:
        yield root


def _no_server(host: str, instance: str) -> Drivers:
    raise HomeportError("There is no server here.")


def site(session: Session, image: Reference, **changes: Any) -> dict[str, Any]:
    """A root with the site alone."""
    base = {
        "load_balancer_dns": "lb.example.test",
        "listener_https": None,
        "certificate_cloudfront": None,
        "region": session.region,
        "account": session.account,
    }
    inputs = {"application": "notes", "target": "production", "name": "web", "image": str(image), "base": base}
    return {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws"}, "homeport": {"source": "homeport/homeport"}}
        },
        "provider": {
            "aws": {"region": session.region, **session.endpoints.terraform_settings()},
            "homeport": {"region": session.region, "account": session.account},
        },
        "module": {"site": {"source": "./modules/aws/client-side", **inputs, **changes}},
        "output": {name: {"value": f"${{module.site.{name}}}"} for name in ("address", "bucket", "keys")},
    }


def asked(session: Session, root: Root, path: str) -> tuple[int, str]:
    """Status and body by the distribution."""
    door = session.endpoints.cloudfront(root.output("address"), path)
    try:
        with urlopen(Request(door.url, headers=dict(door.headers)), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, ""


@pytest.mark.long
def test_a_site(emulator: Running, session: Session, images: list[Reference], root: Root) -> None:
    """Two releases, another config and a hand in between: the plan says what differs, and the page is right."""
    root.apply(site(session, images[0], environment={"FLAGS": "beta"}))
    assert (200, "one") == asked(session, root, "/")
    assert (200, '{"FLAGS":"beta"}') == asked(session, root, "/config.json")
    assert 3 == root.output("keys")
    assert 403 == asked(session, root, "/.homeport/release.json")[0]  # for homeport alone
    assert not root.has_changes()

    session.client("s3").put_object(Bucket=root.output("bucket"), Key="index.html", Body=b"by hand")
    assert root.has_changes()

    root.apply(site(session, images[1], environment={"FLAGS": ""}))
    assert (200, "two") == asked(session, root, "/")
    assert (200, "one()") == asked(session, root, "/app.0000aa11.js")
    assert (200, '{"FLAGS":""}') == asked(session, root, "/config.json")
    assert not root.has_changes()
