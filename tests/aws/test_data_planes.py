"""What an emulator's load balancers and CloudFront answer, asked as Endpoints says."""

import json
from typing import Any

import pytest
import urllib3

from homeport.aws import Door, Session
from homeport.aws.emulator import Running


def _answer(door: Door) -> tuple[int, str]:
    answer = urllib3.request("GET", door.url, headers=dict(door.headers), redirect=False, retries=False)
    return answer.status, answer.data.decode()


def _fixed(text: str) -> list[dict[str, object]]:
    settings = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": text}
    return [{"Type": "fixed-response", "FixedResponseConfig": settings}]


@pytest.fixture(scope="module")
def load_balancer(emulator: Running) -> str:
    """The DNS name of one that redirects HTTP, and answers one host name on HTTPS."""
    session = Session(emulator.region, emulator.account)
    subnets = [subnet["SubnetId"] for subnet in session.client("ec2").describe_subnets()["Subnets"]]
    elb = session.client("elbv2")
    made = elb.create_load_balancer(Name="homeport-tests", Subnets=subnets)["LoadBalancers"][0]
    to_https = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": to_https}],
    )
    certificate = session.client("acm").request_certificate(DomainName="example.test")["CertificateArn"]
    https = elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=_fixed("nobody"),
    )["Listeners"][0]["ListenerArn"]
    conditions = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["api.example.test"]}}]
    elb.create_rule(ListenerArn=https, Priority=1, Conditions=conditions, Actions=_fixed("the API"))
    return str(made["DNSName"])


@pytest.mark.parametrize(("host", "expected"), [("api.example.test", "the API"), ("other.example.test", "nobody")])
def test_a_load_balancers_rules_see_the_host(session: Session, load_balancer: str, host: str, expected: str) -> None:
    """The listener with the certificate is asked, and its rules match by the application's name."""
    assert (200, expected) == _answer(session.endpoints.load_balancer(load_balancer, host, "/health"))


def _site(session: Session) -> str:
    """The domain name of a bucket with one page."""
    s3 = session.client("s3")
    s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": session.region})
    s3.put_object(Bucket="site", Key="index.html", Body=b"a page", ContentType="text/html")
    return f"site.s3.{session.region}.amazonaws.com"


def _distribution(session: Session, bucket: str) -> dict[str, Any]:
    cloudfront = session.client("cloudfront")
    control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "site",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    origin = {
        "Id": "site",
        "DomainName": bucket,
        "OriginAccessControlId": control,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behaviour = {
        "TargetOriginId": "site",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",  # CloudFront's own, "CachingOptimized"
    }
    return cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "site",
            "Comment": "",
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behaviour,
        }
    )["Distribution"]


def test_a_distribution_reads_the_bucket_that_lets_it(session: Session) -> None:
    """A distribution is asked by its own name, and reads what the bucket's policy grants it, nothing before."""
    made = _distribution(session, _site(session))
    door = session.endpoints.cloudfront(made["DomainName"])
    assert 403 == _answer(door)[0]
    grant = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::site/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": made["ARN"]}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
    session.client("s3").put_bucket_policy(Bucket="site", Policy=policy)
    assert (200, "a page") == _answer(door)
