"""Images that are built on the real engine and pushed to a registry."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from hashlib import sha256

import docker

from homeport.home.registry import auth_config
from homeport.oci import Manifest, Reference, Registry
from homeport.oci.manifest import MANIFEST_TYPES


def push(client: docker.APIClient, registry: Registry, repository: str, files: Mapping[str, str]) -> Reference:
    """Build an image of a context with these files, and push it."""
    name = f"{registry.name}/{repository}"
    context = _archive(files)
    said = list(client.build(fileobj=context, custom_context=True, tag=f"{name}:made", rm=True, decode=True))
    assert not [line for line in said if "error" in line], said
    login = auth_config(registry.user, registry.password)
    said = list(client.push(name, "made", auth_config=login, stream=True, decode=True))
    assert not [line for line in said if "error" in line], said
    digest = registry.digest(repository, "made")
    assert digest
    return Reference(repository, digest)


def push_index(registry: Registry, image: Reference) -> Reference:
    """An index of the image and of its like for linux/arm64, beside it."""
    amd64 = registry.manifest(image.repository, image.digest)
    arm64 = _for(registry, image.repository, amd64, "arm64")
    entries = [_entry(amd64, "amd64"), _entry(arm64, "arm64")]
    body = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST_TYPES[0], "manifests": entries}).encode()
    return _put(registry, image.repository, Manifest(_digest(body), MANIFEST_TYPES[0], body))


def _for(registry: Registry, repository: str, manifest: Manifest, architecture: str) -> Manifest:
    configuration = manifest.configuration()
    assert configuration
    with registry.blob(repository, configuration.digest) as pieces:
        changed = json.dumps(json.loads(b"".join(pieces)) | {"architecture": architecture}).encode()
    registry.put_blob(repository, _digest(changed), len(changed), [changed])
    described = manifest.described()
    described["config"] |= {"digest": _digest(changed), "size": len(changed)}
    body = json.dumps(described).encode()
    made = Manifest(_digest(body), manifest.media_type, body)
    _put(registry, repository, made)
    return made


def _put(registry: Registry, repository: str, manifest: Manifest) -> Reference:
    registry.put_manifest(repository, manifest.digest, manifest)
    return Reference(repository, manifest.digest)


def _entry(manifest: Manifest, architecture: str) -> dict[str, object]:
    platform = {"os": "linux", "architecture": architecture}
    size = len(manifest.body)
    return {"mediaType": manifest.media_type, "digest": manifest.digest, "size": size, "platform": platform}


def _digest(body: bytes) -> str:
    return f"sha256:{sha256(body).hexdigest()}"


def _archive(files: Mapping[str, str]) -> io.BytesIO:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(text.encode()), 0o644
            tar.addfile(info, io.BytesIO(text.encode()))
    whole.seek(0)
    return whole
