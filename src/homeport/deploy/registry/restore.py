"""Bringing images back from the second volume: `homeport registry restore`."""

from __future__ import annotations

import time
from dataclasses import dataclass

from homeport.deploy.registry.problems import Problem, problem, raise_for
from homeport.deploy.registry.progress import progress
from homeport.deploy.registry.stock import Stock, maintained, take_stock
from homeport.deploy.registry.uses import Uses, present_uses
from homeport.errors import Refused
from homeport.events import Emit
from homeport.home.ledger import all_releases
from homeport.home.registry_store import Copied, Volumes, layout
from homeport.oci.reference import Reference
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Restored:
    """The images of the backup, all whole on the primary volume now; what was copied, in bytes and seconds;
    `releases` counts records that came back."""

    images: int
    blobs: int
    written: int
    releases: int
    seconds: float


def restore(target: HomeTarget, emit: Emit) -> Restored:
    """Add to the primary volume what the backup has and it lacks, and replace what is damaged there.

    The registry goes on serving: a file gets its name when it is whole, and layers come before the manifests and
    tags that lead to them. A tag that is there stays as it is. Raises RegistryFailed that names what could not be
    brought back; all else is.
    """
    started = time.monotonic()
    with maintained(target, emit) as volumes:
        stock = take_stock(volumes, emit)
        images = set(stock.images("backup"))
        if not images:
            raise Refused(
                f"The second volume of {target.home.called} holds no backup.", next_step="Run: homeport registry backup"
            )
        stock = stock.without("primary", _broken(volumes, stock, images, emit))
        wanted = to_copy(stock, images)
        copied = volumes.copy("backup", "primary", wanted, progress(emit, "restore", "copied"))
        stock = stock.with_more("primary", {digest: wanted[digest] for digest in copied.copied})
        whole = stock.whole(images, "primary")
        volumes.write_lines(links(stock, whole))
        volumes.write_lines(tags(stock, whole), keep=True)
        releases = _restore_records(target, volumes, stock)
    uses = present_uses(target)
    raise_for(
        [*problems(stock, uses, copied), *lost(stock, uses)], "Not everything could be brought back; all else is."
    )
    written = sum(wanted[digest] for digest in copied.copied)
    return Restored(len(images), len(copied.copied), written, releases, time.monotonic() - started)


def to_copy(stock: Stock, images: set[Reference]) -> dict[str, int]:
    """What the images need and the primary volume does not have."""
    present, source = stock.blobs["primary"], stock.blobs["backup"]
    needs = {digest: size for digest, size in stock.needs(images).items() if present.get(digest) != size}
    return {digest: size for digest, size in sorted(needs.items()) if source.get(digest) == size}


def links(stock: Stock, images: set[Reference]) -> dict[str, str]:
    """The files, by path, that make images a part of their repositories."""
    found: dict[str, str] = {}
    for image in images:
        found |= layout.image_links(image.repository, image.digest, stock.known[image.digest].blobs)
    return found


def tags(stock: Stock, images: set[Reference]) -> dict[str, str]:
    """The files, by path, of the images' tags in the backup."""
    found: dict[str, str] = {}
    for image in images:
        for tag in stock.catalogues["backup"].tags_of(image):
            found |= layout.tag_links(image.repository, tag, image.digest)
    return found


def problems(stock: Stock, uses: Uses, copied: Copied) -> list[Problem]:
    """What of the backup could not be brought back."""
    gone = {digest for image in stock.images("backup") for digest in stock.lacks(image, "primary")}
    return [
        problem(
            stock, uses, "backup", digest, "damaged" if digest in copied.damaged else "missing", is_other_good=False
        )
        for digest in sorted(gone)
    ]


def lost(stock: Stock, uses: Uses) -> list[Problem]:
    """Images that a kept release names and neither volume has."""
    there = {*stock.images("primary"), *stock.images("backup")}
    return [
        Problem("primary", image.digest, "missing", (image.repository,), uses.of(image), "homeport up")
        for image in sorted(uses.images() - there, key=str)
    ]


def _broken(volumes: Volumes, stock: Stock, images: set[Reference], emit: Emit) -> set[str]:
    """What of the primary volume's own is damaged: it is read before it counts as there."""
    needs, present = stock.needs(images), stock.blobs["primary"]
    there = {digest: size for digest, size in needs.items() if present.get(digest) == size}
    return volumes.broken("primary", there, progress(emit, "restore", "read"))


def _restore_records(target: HomeTarget, volumes: Volumes, stock: Stock) -> int:
    """The records of applications of which the server has none: its own are never mixed with older ones."""
    ours = all_releases(target.home)
    missing = [path for path in sorted(stock.records) if not ours.get(path.partition("/")[0])]
    for path in missing:
        record = volumes.read_text(f"{layout.RECORDS}/{path}")
        target.home.host.files.write(target.home.path("releases", path), record.encode())
    return len(missing)
