"""Which images and records a prune drops. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homeport.deploy.registry.stock import Stock
from homeport.deploy.registry.uses import Uses, uses
from homeport.errors import Refused
from homeport.home.registry_store import Volume
from homeport.oci.content import manifests
from homeport.oci.reference import Reference
from homeport.releases.keeping import kept
from homeport.releases.record import Release


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is dropped: numbers of releases by `<application>.<target>`; by volume images, and blobs with their sizes
    that no image needs afterwards. `keeps` are the images that stay in use."""

    releases: Mapping[str, tuple[int, ...]]
    images: Mapping[Volume, tuple[Reference, ...]]
    blobs: Mapping[Volume, Mapping[str, int]]
    keeps: frozenset[Reference]

    @property
    def is_empty(self) -> bool:
        return not (self.releases or any(self.images.values()) or any(self.blobs.values()))

    def freed(self, volume: Volume) -> int:
        """Bytes of blobs."""
        return sum(self.blobs[volume].values())


def decide(
    stock: Stock, releases: Mapping[str, Sequence[Release]], containers: Mapping[str, str], registry: str, keep: int
) -> Pruning:
    """Keep `keep` succeeded releases of every application's target, the images they name, and those of containers.

    Raises Refused where it cannot be known what an image that is kept needs, or whose images they are.
    """
    _refuse_foreign_records(stock, releases)
    remaining = {root: kept(made, keep) for root, made in releases.items()}
    in_use = uses(remaining, containers, registry)
    images = {volume: _dropped(stock, in_use, volume) for volume in stock.catalogues}
    dropped = {
        root: tuple(release.number for release in made if release not in remaining[root])
        for root, made in releases.items()
    }
    return Pruning(
        {root: numbers for root, numbers in dropped.items() if numbers},
        images,
        {volume: _unneeded(stock, volume, set(images[volume])) for volume in stock.catalogues},
        frozenset(in_use.images()),
    )


def _dropped(stock: Stock, in_use: Uses, volume: Volume) -> tuple[Reference, ...]:
    """Images that nobody uses: not by themselves, and not as a part of one for several platforms."""
    stays = {
        Reference(image.repository, digest)
        for image in in_use.images()
        for digest in manifests(image.digest, stock.known)
    }
    return tuple(image for image in stock.images(volume) if image not in stays)


def _unneeded(stock: Stock, volume: Volume, dropped: set[Reference]) -> dict[str, int]:
    remaining = [image for image in stock.images(volume) if image not in dropped]
    unread = [image for image in remaining if image.digest not in stock.known.keys() & stock.blobs[volume].keys()]
    if unread:
        raise Refused(
            f"{unread[0]} is kept and its manifest cannot be read on the {volume} volume: what it needs is not known.",
            next_step="See what is damaged, and how it is mended: homeport registry check",
        )
    needs = stock.needs(remaining)
    return {digest: size for digest, size in stock.blobs[volume].items() if digest not in needs}


def _refuse_foreign_records(stock: Stock, releases: Mapping[str, Sequence[Release]]) -> None:
    foreign = sorted(
        {path.partition("/")[0] for path in stock.records} - {root for root, made in releases.items() if made}
    )
    if foreign:
        raise Refused(
            f"The backup holds releases of {', '.join(foreign)}, and this server has none: their images would be lost.",
            next_step="Bring them back first: homeport registry restore",
        )
