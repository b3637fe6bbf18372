"""Which images there are, and the same as a file."""

import json

import pytest

from homeport.errors import RegistryFailed
from homeport.oci import Catalogue, Content, Reference
from homeport.oci.catalogue import from_index

A, B = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
API, WEB = "api/notes-api", "site/notes-web"
BOTH = Catalogue({API: frozenset({A, B}), WEB: frozenset({A})}, {API: {"src-1": A, "files-1": A}, WEB: {}})
KNOWN = {digest: Content(digest, "type", 3) for digest in (A, B)}


def test_a_catalogue_reads_back_what_it_writes() -> None:
    """Tags and untagged images alike, in the form that other tools read."""
    index = BOTH.to_index(KNOWN)
    read = from_index(index.decode())
    assert list(BOTH.references()) == list(read.references())
    assert ("files-1", "src-1") == read.tags_of(Reference(API, A))
    names = [entry["annotations"].get("org.opencontainers.image.ref.name") for entry in json.loads(index)["manifests"]]
    assert ["api/notes-api:files-1", "api/notes-api:src-1", None, None] == names


def test_the_newer_tag_counts() -> None:
    """Two catalogues together lose no image, and a tag that both have is the newer one's."""
    newer = Catalogue({API: frozenset({B})}, {API: {"src-1": B}})
    together = newer.over(BOTH)
    assert set(BOTH.references()) == set(together.references())
    assert (("src-1",), ("files-1",)) == (together.tags_of(Reference(API, B)), together.tags_of(Reference(API, A)))


def test_what_is_left_out_takes_its_tags_along() -> None:
    """A tag never leads to an image that is not there."""
    left = BOTH.only({Reference(API, B), Reference("api/unknown", A)})
    assert [Reference(API, B)] == list(left.references())
    assert {API: {}} == left.tags


@pytest.mark.parametrize("text", ["{", "{}", '{"manifests": [{"digest": "x"}]}'])
def test_a_damaged_catalogue_is_refused(text: str) -> None:
    """It is not taken for an empty one."""
    with pytest.raises(RegistryFailed):
        from_index(text)


def test_no_catalogue_is_an_empty_one() -> None:
    """Before the first backup."""
    assert [] == list(from_index("").references())
