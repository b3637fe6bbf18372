"""What an image needs, by its manifests."""

import hashlib
import json

import pytest

from homeport.oci.content import Content, closure, manifests, read

A, B, C, D = (f"sha256:{letter * 64}" for letter in "abcd")


def _body(**more: object) -> tuple[str, bytes]:
    body = json.dumps({"schemaVersion": 2, **more}).encode()
    return f"sha256:{hashlib.sha256(body).hexdigest()}", body


def test_a_manifest_needs_its_configuration_and_layers() -> None:
    """With the sizes that it gives them; a layer that lies elsewhere on purpose is not needed."""
    foreign = {"digest": D, "size": 9, "urls": ["https://example.com/layer"]}
    digest, body = _body(config={"digest": A, "size": 1}, layers=[{"digest": B, "size": 2}, foreign])
    found = read(digest, body)
    assert found is not None
    assert ({A: 1, B: 2}, len(body)) == (found.blobs, found.size)
    assert found.media_type == "application/vnd.oci.image.manifest.v1+json"


@pytest.mark.parametrize("body", [b"", b"{", b'{"schemaVersion": 1}', b'{"schemaVersion": 2, "layers": [{}]}'])
def test_what_is_no_manifest_is_not_read(body: bytes) -> None:
    """Bytes with the right digest may still be something else."""
    assert read(f"sha256:{hashlib.sha256(body).hexdigest()}", body) is None


def test_a_damaged_manifest_is_not_read() -> None:
    """Bytes that do not have the digest are nobody's manifest, however good they look."""
    _, body = _body()
    assert read(A, body) is None


def test_an_image_for_several_platforms_needs_all_of_them() -> None:
    """Its manifests are counted with what they name, those that cannot be read with their size."""
    known = {A: Content(A, "", 10, manifests={B: 20, C: 30}), B: Content(B, "", 20, blobs={D: 40})}
    assert {A: 10, B: 20, C: 30, D: 40} == closure(A, known)
    assert {A, B, C} == manifests(A, known)
    assert {D: 0} == closure(D, known)
