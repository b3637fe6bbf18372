"""Certificates that wait for their owner: AWS issues them once it finds a record in the domain's DNS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from homeport.aws.session import Session, told

OF_CLOUDFRONT = "us-east-1"


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A CNAME to be added where the domain's DNS is kept."""

    name: str
    value: str


def awaited(session: Session, domain: str) -> tuple[DnsRecord, ...]:
    """The records that certificates of the domain wait for, here and for CloudFront; none once all are issued."""
    regions = sorted({session.region, OF_CLOUDFRONT})
    found = {record for region in regions for record in _awaited_in(session, region, domain)}
    return tuple(sorted(found, key=lambda record: record.name))


def _awaited_in(session: Session, region: str, domain: str) -> Iterator[DnsRecord]:
    with told(f"Asking for certificates in {region}"):
        client = session.client("acm", region)
        pages = client.get_paginator("list_certificates").paginate(CertificateStatuses=["PENDING_VALIDATION"])
        for summary in (one for page in pages for one in page["CertificateSummaryList"]):
            if summary.get("DomainName", "").removeprefix("*.") == domain:
                shown = client.describe_certificate(CertificateArn=summary["CertificateArn"])["Certificate"]
                yield from _records(shown.get("DomainValidationOptions", ()))


def _records(options: list[dict[str, Any]]) -> Iterator[DnsRecord]:
    """One that AWS has not made up yet has no record: the next `setup` finds it."""
    for option in options:
        if (record := option.get("ResourceRecord")) and option.get("ValidationStatus") != "SUCCESS":
            yield DnsRecord(record["Name"].rstrip("."), record["Value"].rstrip("."))
