"""`/_alb/<load balancer>/…` is that load balancer's, whoever the Host is: CloudFront's names and its own, too."""

from typing import Any

from ministack import app

PREFIX = app._ALB_PATH_PREFIX

_cloudfront = app._handle_cloudfront_dataplane_request
_load_balancer = app._handle_alb_request


def apply() -> None:
    app._handle_cloudfront_dataplane_request = cloudfront
    app._handle_alb_request = load_balancer


async def cloudfront(host: str, path: str, *rest: Any, **options: Any) -> Any:
    """CloudFront forwards the viewer's Host to a load balancer, which is not CloudFront again."""
    return None if path.startswith(PREFIX) else await _cloudfront(host, path, *rest, **options)


async def load_balancer(
    host: str,
    path: str,
    method: str,
    headers: Any,
    body: Any,
    query: Any,
    raw_query: str | None = None,
    raw_path: str | None = None,
) -> Any:
    """ministack leaves the prefix in the path of a load balancer that it knew by its Host."""
    if path.startswith(PREFIX) and app._get_module("alb").find_lb_for_host(host):
        path, raw_path = _asked(path), raw_path and _asked(raw_path)
    return await _load_balancer(host, path, method, headers, body, query, raw_query, raw_path)


def _asked(path: str) -> str:
    return "/" + path.removeprefix(PREFIX).partition("/")[2]
