"""Stocks of a registry as values: images with layers of one byte for each letter of their name."""

from collections.abc import Mapping

from homeport.deploy.registry.stock import Stock
from homeport.oci import Catalogue, Content, Reference
from homeport.releases.record import Release


def digest(name: str) -> str:
    """A digest that is told by its end."""
    return f"sha256:{name.encode().hex():0>64}"


def image(repository: str, name: str) -> Reference:
    return Reference(repository, digest(name))


def stock(
    primary: Mapping[str, str], backup: Mapping[str, str] | None = None, *, tags: Mapping[str, str] | None = None
) -> Stock:
    """By volume, the images: repository to names of manifests (`"one two"`). A manifest `ab` needs layers a and b."""
    known: dict[str, Content] = {}
    blobs: dict[str, dict[str, int]] = {}
    catalogues: dict[str, Catalogue] = {}
    for volume, images in (("primary", primary), ("backup", backup or {})):
        blobs[volume] = {}
        names = {repository: names.split() for repository, names in images.items()}
        for name in (name for found in names.values() for name in found):
            layers = {digest(letter): 1 for letter in name}
            known[digest(f"manifest {name}")] = Content(digest(f"manifest {name}"), "", 100, layers)
            blobs[volume] |= {digest(f"manifest {name}"): 100, **layers}
        digests = {
            repository: frozenset(digest(f"manifest {name}") for name in found) for repository, found in names.items()
        }
        catalogues[volume] = Catalogue(digests)
    return Stock(blobs, catalogues, known)  # type: ignore[arg-type]


def manifest(repository: str, name: str) -> Reference:
    return image(repository, f"manifest {name}")


def release(number: int, *images: Reference) -> Release:
    named = {str(index): str(one) for index, one in enumerate(images)}
    return Release(number, "succeeded", "", 0, "", "", "", named, {}, (), "")
