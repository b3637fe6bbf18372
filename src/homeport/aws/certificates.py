"""Certificates whose domain is kept elsewhere: AWS issues them once it finds a record of theirs in its DNS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeport.aws.session import Session, told
from homeport.errors import CloudFailed

GONE = "ResourceNotFoundException"


def are_issued(session: Session, domain: str, arns: Mapping[str, str]) -> bool:
    """Whether all of them, by region, are issued, and for that domain; False without any."""
    return bool(arns) and all(_is_issued(session, domain, region, arn) for region, arn in arns.items())


def _is_issued(session: Session, domain: str, region: str, arn: str) -> bool:
    try:
        with told(f"Asking for the certificate of {domain} in {region}"):
            found: dict[str, Any] = session.client("acm", region).describe_certificate(CertificateArn=arn)
    except CloudFailed as error:
        if error.code == GONE:
            return False
        raise
    certificate = found["Certificate"]
    return bool(certificate["Status"] == "ISSUED" and certificate["DomainName"] == domain)
