"""What we ask of a registry. Source: OCI distribution specification 1.1."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from homeport.errors import RegistryFailed
from homeport.oci.failure import refusal
from homeport.oci.reference import check_digest
from homeport.secret import Secret

MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_ACCEPT = {"Accept": ", ".join(MANIFEST_TYPES)}
_PAGE = 1000  # names asked for at once; a registry may give fewer
_TIMEOUT = urllib3.Timeout(connect=5, read=60)
# A registry that is just restarting behind the gateway answers 502 or 503 for a moment; distribution 2 answers
# 500 while another client writes the tag that is asked for.
_RETRY = urllib3.Retry(
    total=4,
    backoff_factor=0.2,
    status_forcelist=(500, 502, 503, 504),
    allowed_methods=("HEAD", "GET", "PUT"),
    raise_on_status=False,
    redirect=0,
)


class Endpoint(Protocol):
    """Where the registry answers, as this process reaches it."""

    @property
    def address(self) -> str: ...

    @property
    def port(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest or an index, byte for byte as the registry keeps it."""

    digest: str
    media_type: str
    body: bytes


class Registry:
    """A registry with a user name and a password. May be used by several threads at once.

    Every method raises RegistryFailed, in the registry's own words, when it refuses or does not answer.
    """

    def __init__(self, endpoint: Endpoint, user: str, password: Secret) -> None:
        self.name = f"{endpoint.address}:{endpoint.port}"
        self.user = user
        self.password = password
        self._pool = urllib3.HTTPConnectionPool(
            endpoint.address, endpoint.port, timeout=_TIMEOUT, retries=_RETRY, maxsize=8
        )

    def digest(self, repository: str, reference: str) -> str | None:
        """The digest of a tag (or of a digest); None when the registry does not have it."""
        path = f"/v2/{repository}/manifests/{reference}"
        answer = self._ask("HEAD", path, f"find {repository}:{reference}", headers=_ACCEPT)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        # The header is only a SHOULD in the specification.
        return answer.headers.get("Docker-Content-Digest") or self.manifest(repository, reference).digest

    def manifest(self, repository: str, reference: str) -> Manifest:
        """The manifest of a tag or a digest; its digest is computed from what came."""
        path = f"/v2/{repository}/manifests/{reference}"
        purpose = f"read {repository}:{reference}"
        answer = self._ask("GET", path, purpose, headers=_ACCEPT)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise refusal(self.name, purpose, answer.status, answer.data)
        return Manifest(
            digest=f"sha256:{hashlib.sha256(answer.data).hexdigest()}",
            media_type=answer.headers.get("Content-Type", MANIFEST_TYPES[1]),
            body=answer.data,
        )

    def tag(self, repository: str, digest: str, tag: str) -> None:
        """Give a digest that is there one more name."""
        manifest = self.manifest(repository, check_digest(digest))
        headers = {"Content-Type": manifest.media_type}
        path = f"/v2/{repository}/manifests/{tag}"
        purpose = f"tag {repository}@{digest} as {tag}"
        answer = self._ask("PUT", path, purpose, headers=headers, body=manifest.body)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise refusal(self.name, purpose, answer.status, answer.data)

    def remove(self, repository: str, digest: str) -> None:
        """Remove an image and its tags from a repository; no error when it is gone. Its blobs stay until collected."""
        path = f"/v2/{repository}/manifests/{check_digest(digest)}"
        self._ask("DELETE", path, f"remove {repository}@{digest}")

    def tags(self, repository: str) -> tuple[str, ...]:
        """The tags of a repository, sorted; none when there is no such repository."""
        return tuple(sorted(self._names(f"/v2/{repository}/tags/list", "tags")))

    def repositories(self) -> tuple[str, ...]:
        """The repositories that the registry has, sorted."""
        return tuple(sorted(self._names("/v2/_catalog", "repositories")))

    def _names(self, path: str, key: str) -> Iterator[str]:
        page = f"{path}?{urlencode({'n': _PAGE})}"
        while page:
            answer = self._ask("GET", page, f"list its {key}")
            if answer.status == HTTPStatus.NOT_FOUND:
                return
            yield from json.loads(answer.data).get(key) or ()
            page = _next_page(answer.headers)

    def _ask(
        self,
        method: str,
        path: str,
        purpose: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> urllib3.BaseHTTPResponse:
        login = urllib3.make_headers(basic_auth=f"{self.user}:{self.password.reveal()}")
        try:
            answer = self._pool.request(method, path, body=body, headers={**login, **(headers or {})})
        except HTTPError as error:
            raise RegistryFailed(
                f"The registry at {self.name} does not answer: it was asked to {purpose}.",
                detail=str(error),
                next_step="See whether it runs, and put it right, by: homeport setup",
            ) from error
        if answer.status >= HTTPStatus.BAD_REQUEST and answer.status != HTTPStatus.NOT_FOUND:
            raise refusal(self.name, purpose, answer.status, answer.data)
        return answer


def _next_page(headers: Mapping[str, str]) -> str:
    """The path in `Link: <…>; rel="next"`; empty on the last page."""
    link = headers.get("Link", "")
    return link[link.find("<") + 1 : link.find(">")] if 'rel="next"' in link else ""
