"""What we ask of a registry. Source: OCI distribution specification 1.1."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from homeport.errors import RegistryFailed
from homeport.oci.failure import AT_HOME, Advice, refusal
from homeport.oci.manifest import MANIFEST_TYPES, Manifest
from homeport.oci.reference import check_digest
from homeport.oci.transport import RETRY, Endpoint, is_elsewhere, pool_of, read_elsewhere
from homeport.secret import Secret

_ACCEPT = {"Accept": ", ".join(MANIFEST_TYPES)}
_PIECE = 1 << 20  # bytes of a blob that are held at once
OPENED = 2  # connections before they are needed
_PAGE = 1000  # names asked for at once; a registry may give fewer


class Registry:
    """A registry with a user name and a password. May be used by several threads at once. `called` is what it is to a
    person, where its address is that of a forward.

    Every method raises RegistryFailed, in the registry's own words, when it refuses or does not answer.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        user: str,
        password: Secret,
        *,
        called: str = "",
        is_encrypted: bool = False,
        advice: Advice = AT_HOME,
    ) -> None:
        self.name = called or f"{endpoint.address}:{endpoint.port}"
        self.user = user
        self.password = password
        self.advice = advice
        self._pool = pool_of(endpoint, is_encrypted)

    def open(self) -> None:
        """Connections, before there are questions for them: over SSH, opening one is a way there and back."""
        opened = [self._pool._get_conn() for _ in range(OPENED)]
        with suppress(OSError, HTTPError):  # the first question says why
            for connection in opened:
                connection.connect()
                self._pool._put_conn(connection)

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
            raise self._refused(purpose, answer)
        return Manifest(
            digest=f"sha256:{hashlib.sha256(answer.data).hexdigest()}",
            media_type=answer.headers.get("Content-Type", MANIFEST_TYPES[1]),
            body=answer.data,
        )

    def tag(self, repository: str, digest: str, tag: str) -> None:
        """Give a digest that is there one more name."""
        self.put_manifest(repository, tag, self.manifest(repository, check_digest(digest)))

    def put_manifest(self, repository: str, reference: str, manifest: Manifest) -> None:
        """Keep a manifest, whose blobs are there, under a tag or its digest."""
        path = f"/v2/{repository}/manifests/{reference}"
        purpose = f"keep {repository}@{manifest.digest} as {reference}"
        answer = self._ask("PUT", path, purpose, headers={"Content-Type": manifest.media_type}, body=manifest.body)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise self._refused(purpose, answer)

    def blob_size(self, repository: str, digest: str) -> int | None:
        """The bytes of a layer or a configuration; None when the repository does not have it."""
        answer = self._ask("HEAD", f"/v2/{repository}/blobs/{digest}", f"find {repository}@{digest}")
        if is_elsewhere(answer):
            return self._size_elsewhere(repository, digest)
        return None if answer.status == HTTPStatus.NOT_FOUND else int(answer.headers.get("Content-Length", -1))

    @contextmanager
    def blob(self, repository: str, digest: str) -> Iterator[Iterator[bytes]]:
        """The bytes of a layer or a configuration, in pieces, while the context lasts."""
        purpose = f"read {repository}@{digest}"
        answer = self._ask("GET", f"/v2/{repository}/blobs/{digest}", purpose, stream=True)
        try:
            if is_elsewhere(answer):
                with self._elsewhere(answer, purpose) as found:
                    yield self._pieces(found, purpose)
            elif answer.status == HTTPStatus.NOT_FOUND:
                raise self._refused(purpose, answer)
            else:
                yield self._pieces(answer, purpose)
        finally:
            answer.close()

    def _size_elsewhere(self, repository: str, digest: str) -> int:
        """An address that is signed for reading is none for asking about it: it is begun to be read."""
        purpose = f"find {repository}@{digest}"
        answer = self._ask("GET", f"/v2/{repository}/blobs/{digest}", purpose, stream=True)
        with self._elsewhere(answer, purpose) as found:
            return int(found.headers.get("Content-Length", -1))

    @contextmanager
    def _elsewhere(self, answer: urllib3.BaseHTTPResponse, purpose: str) -> Iterator[urllib3.BaseHTTPResponse]:
        try:
            with read_elsewhere(answer) as found:
                if found.status != HTTPStatus.OK:
                    raise self._refused(purpose, found)
                yield found
        except HTTPError as error:
            raise self._silent(purpose, error) from error

    def mount_blob(self, repository: str, digest: str, other: str) -> bool:
        """Have a layer that another repository of the registry holds here, too, without sending it; False when the
        registry does not do that.

        Source: OCI distribution specification, "Mounting a blob from another repository".
        """
        query = urlencode({"mount": digest, "from": other})
        answer = self._ask("POST", f"/v2/{repository}/blobs/uploads/?{query}", f"keep {repository}@{digest}")
        return answer.status == HTTPStatus.CREATED

    def put_blob(self, repository: str, digest: str, size: int, pieces: Iterable[bytes]) -> None:
        """Keep a layer or a configuration of so many bytes; the registry compares its digest.

        Source: OCI distribution specification, "POST then PUT".
        """
        purpose = f"keep {repository}@{digest}"
        begun = self._ask("POST", f"/v2/{repository}/blobs/uploads/", purpose)
        if begun.status == HTTPStatus.NOT_FOUND:
            raise self._refused(purpose, begun)
        place = urlsplit(begun.headers["Location"])
        path = f"{place.path}?{place.query}{'&' if place.query else ''}{urlencode({'digest': digest})}"
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        answer = self._ask("PUT", path, purpose, headers=headers, body=pieces)
        if answer.status != HTTPStatus.CREATED:
            raise self._refused(purpose, answer)

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

    def _pieces(self, answer: urllib3.BaseHTTPResponse, purpose: str) -> Iterator[bytes]:
        try:
            yield from answer.stream(_PIECE)
        except HTTPError as error:
            raise self._silent(purpose, error) from error

    def _refused(self, purpose: str, answer: urllib3.BaseHTTPResponse) -> RegistryFailed:
        return refusal(self.name, purpose, answer.status, answer.data, self.advice)

    def _silent(self, purpose: str, error: HTTPError) -> RegistryFailed:
        return RegistryFailed(
            f"The registry at {self.name} does not answer: it was asked to {purpose}.",
            detail=str(error),
            next_step=self.advice.silent,
        )

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
        body: bytes | Iterable[bytes] | None = None,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        login = urllib3.make_headers(basic_auth=f"{self.user}:{self.password.reveal()}")
        try:
            answer = self._pool.request(
                method,
                path,
                body=body,
                headers={**login, **(headers or {})},
                redirect=False,
                preload_content=not stream,
                # What was streamed is spent: it cannot be sent a second time.
                retries=RETRY if body is None or isinstance(body, bytes) else False,
            )
        except HTTPError as error:
            raise self._silent(purpose, error) from error
        # Only what is read may be somewhere else.
        limit = HTTPStatus.BAD_REQUEST if method in ("HEAD", "GET") else HTTPStatus.MULTIPLE_CHOICES
        if answer.status >= limit and answer.status != HTTPStatus.NOT_FOUND:
            raise self._refused(purpose, answer)
        return answer


def _next_page(headers: Mapping[str, str]) -> str:
    """The path in `Link: <…>; rel="next"`; empty on the last page."""
    link = headers.get("Link", "")
    return link[link.find("<") + 1 : link.find(">")] if 'rel="next"' in link else ""
