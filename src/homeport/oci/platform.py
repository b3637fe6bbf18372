"""For which platforms an image is: said by an index for its images, and by an image's configuration for itself."""

import json

from homeport.oci.manifest import Manifest, platform_of
from homeport.oci.reference import Reference
from homeport.oci.registry import Registry


def platforms(registry: Registry, reference: Reference) -> dict[str, str]:
    """`linux/arm64` to the digest of that platform's image; the image's own digest when it is no index."""
    manifest = registry.manifest(reference.repository, reference.digest)
    if manifest.children():
        return manifest.platforms()
    return {_of_image(registry, reference.repository, manifest): manifest.digest}


def _of_image(registry: Registry, repository: str, manifest: Manifest) -> str:
    configuration = manifest.configuration()
    if configuration is None:
        return ""
    with registry.blob(repository, configuration.digest) as pieces:
        return platform_of(json.loads(b"".join(pieces)))
