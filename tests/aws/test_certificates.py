"""Whether AWS has issued the certificates of a domain that is kept elsewhere."""

from homeport.aws import Session
from homeport.aws.certificates import are_issued

DOMAIN = "example.com"


def _requested(session: Session, region: str) -> str:
    asked = session.client("acm", region).request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")
    return str(asked["CertificateArn"])


def test_certificates_of_both_regions_that_are_issued(session: Session) -> None:
    """An emulator issues them at once."""
    arns = {region: _requested(session, region) for region in (session.region, "us-east-1")}
    assert are_issued(session, DOMAIN, arns)


def test_those_of_another_domain_do_not_count(session: Session) -> None:
    """The domain was changed: its own are not there yet."""
    arns = {session.region: _requested(session, session.region)}
    assert not are_issued(session, "example.org", arns)


def test_none_and_removed_ones_are_not_issued(session: Session) -> None:
    """Before the first setup, and where somebody removed one by hand."""
    arn = _requested(session, session.region)
    session.client("acm").delete_certificate(CertificateArn=arn)
    assert not are_issued(session, DOMAIN, {session.region: arn})
    assert not are_issued(session, DOMAIN, {})
