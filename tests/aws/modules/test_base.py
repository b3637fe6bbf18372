"""The module of the base, applied with all that may be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from homeport.aws import Endpoints, Session
from homeport.aws.bucket import Bucket
from homeport.aws.emulator import Running
from homeport.errors import HomeportError
from homeport.home.drivers import Drivers
from homeport.provider.provider import HomeportProvider
from tests.support.terraform import Root, served_root

ASKED = {
    "github": {
        "repository": "octo/shop",
        "repository_id": "456",
        "owner_id": "123",
        "environments": ["production"],
        "refs": ["refs/heads/main"],
    },
    "budget": {"monthly": 50, "email": "ana@example.com"},
    "domain": "example.test",
}


@pytest.fixture(scope="module")
def session(emulator: Running) -> Session:
    return Session(emulator.region, emulator.account, Endpoints(emulator.api))


@pytest.fixture(scope="module")
def root(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """The base, standing. All of it goes at the end, but the bucket in which its state could be."""
    Bucket(session).ensure()
    with served_root(tmp_path_factory.mktemp("base"), HomeportProvider(_no_server)) as root:
        root.apply(base(session, **ASKED))
        yield root
    assert [] == session.client("ecs").list_clusters()["clusterArns"]
    assert [] == session.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert [] == session.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert [Bucket(session).name] == [one["Name"] for one in session.client("s3").list_buckets()["Buckets"]]


def _no_server(host: str, instance: str) -> Drivers:
    raise HomeportError("There is no server here.")


def base(session: Session, **inputs: Any) -> dict[str, Any]:
    """A root with the base alone, whose bucket was made before."""
    settings = session.endpoints.terraform_settings()
    given = {"region": session.region, "account": session.account, "state_bucket": Bucket(session).name, **inputs}
    module = {
        "source": "./modules/aws/base",
        "providers": {"aws": "aws", "aws.us_east_1": "aws.us_east_1"},
        **given,
    }
    return {
        "provider": {
            "aws": [
                {"region": session.region, "default_tags": {"tags": {"homeport": "base"}}, **settings},
                {
                    "alias": "us_east_1",
                    "region": "us-east-1",
                    "default_tags": {"tags": {"homeport": "base"}},
                    **settings,
                },
            ]
        },
        "module": {"base": module},
        "output": {name: {"value": f"${{module.base.{name}}}"} for name in ("base", "deploy_roles", "plan_role")},
    }


def test_a_second_plan_is_empty(root: Root) -> None:
    """What was made is what was asked for, with GitHub, a budget, and a domain whose zone is elsewhere."""
    assert not root.has_changes(), root.terraform("plan", "-input=false").stdout


def test_https_waits_for_certificates(root: Root) -> None:
    """Nobody can wait for records that are made by hand elsewhere."""
    assert root.output("base")["listener_https"] is None
    assert root.output("base")["certificate_cloudfront"] is None
