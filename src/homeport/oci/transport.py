"""How a registry is reached: in the clear on a home server, encrypted on AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import urllib3

TIMEOUT = urllib3.Timeout(connect=5, read=60)
# A registry that is just restarting behind the gateway answers 502 or 503 for a moment; distribution 2 answers
# 500 while another client writes the tag that is asked for.
RETRY = urllib3.Retry(
    total=4,
    backoff_factor=0.2,
    status_forcelist=(500, 502, 503, 504),
    allowed_methods=("HEAD", "GET", "PUT"),
    raise_on_status=False,
    redirect=0,
)
_ELSEWHERE = (301, 302, 303, 307, 308)


class Endpoint(Protocol):
    """Where the registry answers, as this process reaches it."""

    @property
    def address(self) -> str: ...

    @property
    def port(self) -> int: ...


def pool_of(endpoint: Endpoint, is_encrypted: bool) -> urllib3.HTTPConnectionPool:
    kind = urllib3.HTTPSConnectionPool if is_encrypted else urllib3.HTTPConnectionPool
    return kind(endpoint.address, endpoint.port, timeout=TIMEOUT, retries=RETRY, maxsize=8)


def is_elsewhere(answer: urllib3.BaseHTTPResponse) -> bool:
    """Whether the registry says where the bytes are instead of giving them, as ECR does for layers."""
    return answer.status in _ELSEWHERE and "Location" in answer.headers


@contextmanager
def read_elsewhere(answer: urllib3.BaseHTTPResponse) -> Iterator[urllib3.BaseHTTPResponse]:
    """What is there. Asked without the registry's login: the address itself lets in."""
    with urllib3.PoolManager(timeout=TIMEOUT, retries=RETRY) as pools:
        found = pools.request("GET", answer.headers["Location"], preload_content=False, redirect=False)
        try:
            yield found
        finally:
            found.close()
