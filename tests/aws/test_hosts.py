"""An application under host names of its own, by HTTPS: at the load balancer, and at CloudFront where it has a site."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from homeport.aws import Session
from homeport.aws import base as bases
from homeport.aws.bucket import Bucket
from homeport.aws.emulator import Running
from tests.support.installation import Installation
from tests.support.production import SECRET, Production
from tests.support.promoted import asked
from tests.support.terraform import terraform_configuration

DOMAIN = "example.test"
HOST = f"notes.{DOMAIN}"
EVERY_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"  # CloudFront's own policies, "AllViewer", "CachingDisabled"
UNCACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


@pytest.fixture(scope="module")
def load_balancer(emulator: Running) -> str:
    """The DNS name of one whose certificate is for the domain, and that knows the host."""
    session = Session(emulator.region, emulator.account)
    subnets = [subnet["SubnetId"] for subnet in session.client("ec2").describe_subnets()["Subnets"]]
    balancing, acm = session.client("elbv2"), session.client("acm")
    made = balancing.create_load_balancer(Name="certified", Subnets=subnets)["LoadBalancers"][0]
    names = {"DomainName": DOMAIN, "SubjectAlternativeNames": [f"*.{DOMAIN}"]}
    listener = balancing.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": acm.request_certificate(**names)["CertificateArn"]}],
        DefaultActions=_fixed("404", "nobody"),
    )["Listeners"][0]["ListenerArn"]
    conditions = [{"Field": "host-header", "HostHeaderConfig": {"Values": [HOST]}}]
    balancing.create_rule(ListenerArn=listener, Priority=1, Conditions=conditions, Actions=_fixed("200", "the API"))
    return str(made["DNSName"])


def _fixed(status: str, text: str) -> list[dict[str, Any]]:
    settings = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": text}
    return [{"Type": "fixed-response", "FixedResponseConfig": settings}]


def _distribution(session: Session, origin: str) -> str:
    """The own name of one that answers on the host, and asks its origin encrypted."""
    encrypted = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
    }
    behaviour = {
        "TargetOriginId": "services",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": UNCACHED,
        "OriginRequestPolicyId": EVERY_VIEWER,
    }
    made = session.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "hosts",
            "Comment": "",
            "Enabled": True,
            "Aliases": {"Quantity": 1, "Items": [HOST]},
            "Origins": {
                "Quantity": 1,
                "Items": [{"Id": "services", "DomainName": origin, "CustomOriginConfig": encrypted}],
            },
            "DefaultCacheBehavior": behaviour,
        }
    )
    return str(made["Distribution"]["DomainName"])


def test_cloudfront_trusts_a_certificate_of_the_name_only(session: Session, load_balancer: str) -> None:
    """By the host that a viewer asks for, which it forwards; by its own name the origin's certificate is another's."""
    own = _distribution(session, load_balancer)
    assert (200, "the API") == asked(session.endpoints.cloudfront(own, "/api", host=HOST))
    assert 502 == asked(session.endpoints.cloudfront(own, "/api"))[0]


@pytest.fixture
def production(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """The example on staging; its production has a domain and a host name."""
    home = Installation(tmp_path_factory.mktemp("installation"))
    home.variables.update(terraform_configuration(tmp_path_factory.mktemp("terraform")))
    try:
        home.setup()
        made = Production.make(home, emulator, tmp_path_factory.mktemp("application"))
        for target in ("staging", "production"):
            home.homeport("secret", "set", "TOKEN", target, cwd=made.application, stdin=SECRET)
        (made.application / "homeport.base.yaml").write_text(f"aws: {{domain: {DOMAIN}}}\n")
        made.change("homeport.yaml", "production: {kind: aws,", f"production: {{kind: aws, hosts: [{HOST}],")
        made.run("up", "staging", "--yes")
        yield made
    finally:
        home.remove()


@pytest.mark.long
def test_site_and_api_answer_under_the_host_name(production: Production, session: Session) -> None:
    """By HTTPS at CloudFront and at the load balancer, with a certificate for each; what is to be added to the DNS is
    said; a plan then is empty."""
    assert "is set up" in production.run("setup", "production", "--yes")
    assert bases.require(Bucket(session)).outputs["listener_https"]
    told = production.run("promote", "staging", "production", "--yes")
    own = session.client("cloudfront").list_distributions()["DistributionList"]["Items"][-1]["DomainName"]
    balancer = str(bases.require(Bucket(session)).outputs["load_balancer_dns"])
    assert f"Add to your DNS: {HOST} CNAME {own}" in told
    assert f"  200  https://{HOST}/api\n" in told
    at_cloudfront = {path: asked(session.endpoints.cloudfront(own, path, host=HOST))[0] for path in ("/", "/api")}
    assert {"/": 200, "/api": 200} == at_cloudfront
    assert 200 == asked(session.endpoints.load_balancer(balancer, HOST, "/api"))[0]
    status, body = production.ask("/api/notes", name=HOST, body={"body": "by its name"})
    assert (201, "by its name") == (status, json.loads(body)["body"])
    assert "Nothing to do" in production.run("plan", "production")
