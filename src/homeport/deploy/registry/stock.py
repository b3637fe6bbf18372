"""What lies on both volumes of a registry, understood: images, what they need, and what of it is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from homeport.events import Emit, Event
from homeport.home.registry_store import Listing, Volume, Volumes, layout, open_volumes
from homeport.oci.catalogue import Catalogue, from_index
from homeport.oci.content import Content, closure, manifests, read
from homeport.oci.reference import Reference
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Stock:
    """`blobs` holds sizes; what is known to be damaged is not in it. `known` holds every manifest that could be read
    on either volume: the same digest is the same content. `records` as in a Listing."""

    blobs: Mapping[Volume, Mapping[str, int]]
    catalogues: Mapping[Volume, Catalogue]
    known: Mapping[str, Content]
    records: frozenset[str] = frozenset()
    damaged_tags: tuple[str, ...] = ()

    def needs(self, images: Collection[Reference]) -> dict[str, int]:
        """All blobs, manifests among them, that the images are made of, with their sizes."""
        return {digest: size for image in images for digest, size in closure(image.digest, self.known).items()}

    def lacks(self, image: Reference, volume: Volume) -> set[str]:
        """What an image needs and the volume does not have, by digest."""
        unread = {digest for digest in manifests(image.digest, self.known) if digest not in self.known}
        present = self.blobs[volume]
        return unread | {
            digest for digest, size in closure(image.digest, self.known).items() if present.get(digest) != size
        }

    def whole(self, images: Collection[Reference], volume: Volume) -> set[Reference]:
        """The images that lie on the volume with all they need."""
        return {image for image in images if not self.lacks(image, volume)}

    def images(self, volume: Volume) -> list[Reference]:
        return list(self.catalogues[volume].references())

    def users_of(self, digest: str, volume: Volume) -> list[Reference]:
        """The images of a volume that need a blob."""
        return [image for image in self.images(volume) if digest in closure(image.digest, self.known)]

    def without(self, volume: Volume, digests: Collection[str]) -> Stock:
        """After these were found damaged."""
        kept = {digest: size for digest, size in self.blobs[volume].items() if digest not in digests}
        return replace(self, blobs={**self.blobs, volume: kept})

    def with_more(self, volume: Volume, blobs: Mapping[str, int]) -> Stock:
        """After these were copied."""
        return replace(self, blobs={**self.blobs, volume: {**self.blobs[volume], **blobs}})


@contextmanager
def maintained(target: HomeTarget, emit: Emit) -> Iterator[Volumes]:
    """Hold the lock of the registry's volumes, and open them."""
    lock = target.lock("registry", f"The registry's volumes on {target.home.called} are being worked on", emit)
    with lock, open_volumes(target.home, target.base.images["registry"]) as volumes:
        yield volumes


def take_stock(volumes: Volumes, emit: Emit) -> Stock:
    """Read the lists and every manifest; layers are not read."""
    listing = volumes.listing()
    catalogues = {"primary": _catalogue(listing), "backup": from_index(volumes.read_text(layout.INDEX))}
    stock = Stock(listing.blobs, catalogues, {}, listing.records, _damaged_tags(listing))  # type: ignore[arg-type]
    for volume in ("primary", "backup"):
        stock = _with_manifests(stock, volume, volumes)
    lost = [image for image in stock.images("primary") if stock.lacks(image, "primary")]
    for image in lost:
        emit(Event("registry", "primary", f"{image} is not whole; see: homeport registry check", "warning"))
    return stock


def _catalogue(listing: Listing) -> Catalogue:
    tags = {name: {tag: digest for tag, digest in tags.items() if digest} for name, tags in listing.tags.items()}
    return Catalogue(listing.revisions, tags)


def _damaged_tags(listing: Listing) -> tuple[str, ...]:
    return tuple(f"{name}:{tag}" for name, tags in listing.tags.items() for tag, digest in tags.items() if not digest)


def _with_manifests(stock: Stock, volume: Volume, volumes: Volumes) -> Stock:
    """Read the manifests of a volume's images that are not known yet, and those that these name."""
    known, unreadable = dict(stock.known), set[str]()
    waiting = {image.digest for image in stock.images(volume)}
    while waiting := {digest for digest in waiting - known.keys() - unreadable if digest in stock.blobs[volume]}:
        files = {layout.blob(volume, digest): stock.blobs[volume][digest] for digest in sorted(waiting)}
        bodies = volumes.read(files)
        found = {digest: read(digest, bodies[layout.blob(volume, digest)]) for digest in waiting}
        known |= {digest: content for digest, content in found.items() if content}
        unreadable |= {digest for digest, content in found.items() if not content}
        waiting = {child for content in found.values() if content for child in content.manifests}
    return replace(stock.without(volume, unreadable), known=known)
