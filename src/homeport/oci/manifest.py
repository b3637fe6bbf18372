"""A manifest or an index, and the images that an index names. Source: OCI image specification, "Image Index"."""

import json
from dataclasses import dataclass
from typing import Any

MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


@dataclass(frozen=True, slots=True)
class Blob:
    """A layer or a configuration: its digest, its bytes and what they are."""

    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest or an index, byte for byte as the registry keeps it."""

    digest: str
    media_type: str
    body: bytes

    def described(self) -> dict[str, Any]:
        described: dict[str, Any] = json.loads(self.body)
        return described

    def children(self) -> list[str]:
        """The digests of the manifests that an index names; none of an image's own manifest."""
        return [child["digest"] for child in self.described().get("manifests", ())]

    def platforms(self) -> dict[str, str]:
        """Of an index: the digest of each platform's image (`linux/arm64`). What is no image (a proof of how one was
        built) calls its platform unknown."""
        named = {child["digest"]: child.get("platform", {}) for child in self.described().get("manifests", ())}
        return {platform_of(platform): digest for digest, platform in named.items() if platform}

    def configuration(self) -> Blob | None:
        """None of an index."""
        described = self.described()
        return _blob(described["config"]) if "config" in described else None

    def layers(self) -> list[Blob]:
        """The lowest first."""
        return [_blob(layer) for layer in self.described().get("layers", ())]

    def blobs(self) -> list[tuple[str, int]]:
        """Digest and bytes of the configuration and of every layer, each once; none of an index."""
        configuration = self.configuration()
        found = [*([configuration] if configuration else []), *self.layers()]
        return list({blob.digest: (blob.digest, blob.size) for blob in found}.values())


def platform_of(described: dict[str, Any]) -> str:
    """`linux/amd64` of what an index or a configuration says. A variant (`v8`) is left out: nobody asks for one."""
    return f"{described.get('os', '')}/{described.get('architecture', '')}"


def _blob(described: dict[str, Any]) -> Blob:
    return Blob(described["digest"], described["size"], described.get("mediaType", ""))
