"""A reference is checked where it is made."""

import pytest

from homeport.errors import RegistryFailed
from homeport.oci import Reference

DIGEST = "sha256:" + "0a" * 32


def test_text() -> None:
    """A reference reads back what it writes, and an engine finds it at the registry's prefix."""
    reference = Reference("api/notes-api", DIGEST)
    assert reference == Reference.parse(str(reference))
    assert reference.at("127.0.0.1:5000") == f"127.0.0.1:5000/api/notes-api@{DIGEST}"


@pytest.mark.parametrize("digest", ["", "latest", "sha256:0a", DIGEST.upper(), "md5:" + "0a" * 16, f"{DIGEST}\n"])
def test_digest_refused(digest: str) -> None:
    """Only a whole digest names an image that cannot change."""
    with pytest.raises(RegistryFailed, match="is not a digest"):
        Reference("api/notes-api", digest)


@pytest.mark.parametrize("repository", ["", "Api/notes", "api/", "/api", "api//x", "api/notes:latest", "../api", "a b"])
def test_repository_refused(repository: str) -> None:
    """A repository has a name that the distribution specification allows."""
    with pytest.raises(RegistryFailed, match="not a name that a repository can have"):
        Reference(repository, DIGEST)
