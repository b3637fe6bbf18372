"""What a manifest is made of. Source: OCI image specification, "Image Manifest" and "Image Index"."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, Field, ValidationError

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True, slots=True)
class Content:
    """A manifest by its digest: the blobs and the manifests that it names, with their sizes in bytes."""

    digest: str
    media_type: str
    size: int
    blobs: Mapping[str, int] = field(default_factory=dict)
    manifests: Mapping[str, int] = field(default_factory=dict)


class _Descriptor(BaseModel):
    digest: str
    size: int
    urls: list[str] = []  # of a layer that a registry need not keep

    def entry(self) -> dict[str, int]:
        return {} if self.urls else {self.digest: self.size}


class _Body(BaseModel):
    version: int = Field(alias="schemaVersion", ge=2, le=2)
    media_type: str = Field(alias="mediaType", default="")
    config: _Descriptor | None = None
    layers: list[_Descriptor] = []
    manifests: list[_Descriptor] = []


def read(digest: str, body: bytes) -> Content | None:
    """The content of a manifest; None when the bytes do not have the digest, or are no manifest."""
    if f"sha256:{hashlib.sha256(body).hexdigest()}" != digest:
        return None
    try:
        parsed = _Body.model_validate_json(body)
    except ValidationError:
        return None
    blobs = [*([parsed.config] if parsed.config else []), *parsed.layers]
    return Content(
        digest,
        parsed.media_type or (_INDEX if parsed.manifests else _MANIFEST),
        len(body),
        _entries(blobs),
        _entries(parsed.manifests),
    )


def _entries(descriptors: list[_Descriptor]) -> dict[str, int]:
    return {name: size for descriptor in descriptors for name, size in descriptor.entry().items()}


def closure(digest: str, known: Mapping[str, Content]) -> dict[str, int]:
    """All that an image needs, by digest, with sizes: its manifest, the manifests and the blobs that this names.

    The size of a manifest that is not known is 0.
    """
    found: dict[str, int] = {}
    waiting = {digest: known[digest].size if digest in known else 0}
    while waiting:
        name, size = waiting.popitem()
        found[name] = size
        if name in known:
            found |= known[name].blobs
            waiting |= {child: size for child, size in known[name].manifests.items() if child not in found}
    return found


def manifests(digest: str, known: Mapping[str, Content]) -> set[str]:
    """A manifest, and all the manifests that it names."""
    found = {digest}
    for child in known[digest].manifests if digest in known else ():
        found |= manifests(child, known)
    return found
