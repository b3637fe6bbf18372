"""CloudFront asks a load balancer by HTTPS where its certificate fits, as on AWS: ministack's asks by HTTP only.

Source: Amazon CloudFront, "Require HTTPS for communication between CloudFront and your custom origin".
"""

import asyncio
from collections.abc import Collection
from http.client import responses
from typing import Any
from urllib.parse import parse_qs

from ministack.services import acm, alb, cloudfront

Answer = tuple[int, str, list[tuple[str, Any]], bytes]

_fetch = cloudfront._fetch_from_alb_origin


def apply() -> None:
    cloudfront._fetch_from_alb_origin = fetch


async def fetch(
    balancer: dict[str, Any],
    origin: dict[str, Any],
    method: str,
    path: str,
    query: str,
    headers: dict[str, Any],
    body: bytes,
    is_https: bool,
    *viewer: str,
) -> Answer:
    """The answer of the listener on the origin's port; OriginUnreachable is CloudFront's 502. `viewer` is who asks."""
    _, port, is_encrypted = cloudfront._origin_connect_target(origin, is_https)
    if not is_encrypted:
        plain: Answer = await _fetch(balancer, origin, method, path, query, headers, body, is_https, *viewer)
        return plain
    sent = cloudfront._origin_request_headers(origin, headers, *viewer)
    asked = {name.lower(): value for name, value in sent.items()}
    if not _is_certified(balancer, port, {asked["host"], origin["domain_name"]}):
        raise cloudfront.OriginUnreachable(f"no certificate for {asked['host']} on port {port}")
    words = parse_qs(query, keep_blank_values=True)
    return await _answer(
        alb.dispatch_request(balancer, method, path, asked, body or b"", words, port, raw_query_string=query),
        origin.get("read_timeout", 30),
    )


async def _answer(request: Any, seconds: float) -> Answer:
    try:
        status, headers, data = await asyncio.wait_for(request, seconds)
    except TimeoutError as error:
        raise cloudfront.OriginTimeout(f"no answer within {seconds} s") from error
    if isinstance(data, cloudfront.StreamingResponse):
        data = await cloudfront._collect_streaming_body(data, seconds)
    lists = ((name, value if isinstance(value, list) else [value]) for name, value in headers.items())
    return status, responses.get(status, ""), [(name, one) for name, values in lists for one in values], data


def _is_certified(balancer: dict[str, Any], port: int, hosts: Collection[str]) -> bool:
    """Whether a listener there has a certificate for one of the names: the origin's own, or the viewer's Host."""
    listeners = [
        one
        for one in alb._listeners.values()
        if (one["LoadBalancerArn"], one.get("Port"), one.get("Protocol"))
        == (balancer["LoadBalancerArn"], port, "HTTPS")
    ]
    certificates = [acm._certificates.get(arn) for one in listeners for arn in one.get("Certificates", ())]
    names = {name for one in certificates if one for name in (one["DomainName"], *one["SubjectAlternativeNames"])}
    return any(host in names or f"*.{host.partition('.')[2]}" in names for host in hosts)
