"""Copying the registry to its second volume: `homeport registry backup`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from homeport.deploy.registry.problems import Problem, problem, raise_for
from homeport.deploy.registry.progress import progress
from homeport.deploy.registry.stock import Stock, maintained, take_stock
from homeport.deploy.registry.uses import Uses, present_uses
from homeport.events import Emit
from homeport.home.ledger import all_releases
from homeport.home.registry_store import Copied, Volumes, layout, notes
from homeport.oci.catalogue import LAYOUT
from homeport.oci.reference import Reference
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A complete backup: the images that it holds, what was copied for it, and how long it took in seconds."""

    images: int
    blobs: int
    written: int
    seconds: float
    made: str


def backup(target: HomeTarget, emit: Emit) -> BackedUp:
    """Copy what is new, then write the catalogue: a backup is whole, or it is the one before.

    It only adds: what the registry lost stays in the backup. Raises RegistryFailed, naming them, when images could
    not be copied because the registry's own copy is damaged; all others are in the backup then.
    """
    started = time.monotonic()
    with maintained(target, emit) as volumes:
        stock = take_stock(volumes, emit)
        suspects = _broken_suspects(target, volumes, stock)
        stock = stock.without("backup", suspects)
        wanted = to_copy(stock)
        copied = volumes.copy("primary", "backup", wanted, progress(emit, "backup", "copied"))
        stock = stock.with_more("backup", {digest: wanted[digest] for digest in copied.copied})
        written = sum(wanted[digest] for digest in copied.copied) + _write_catalogue(volumes, stock)
        written += _write_records(volumes, target)
        notes.note_damaged(target.home, suspects - copied.copied)
    raise_for(problems(stock, present_uses(target), copied), "The backup is not complete; all other images are in it.")
    made = notes.note_backup(target.home)
    seconds = time.monotonic() - started
    return BackedUp(len(held(stock)), len(copied.copied), written, seconds, made.isoformat())


def wanted_images(stock: Stock) -> set[Reference]:
    """What the backup shall hold: all that the registry has, and all that the backup has already."""
    return {*stock.images("primary"), *stock.images("backup")}


def held(stock: Stock) -> set[Reference]:
    """What the backup holds, whole."""
    return stock.whole(wanted_images(stock), "backup")


def to_copy(stock: Stock) -> dict[str, int]:
    """What the backup needs, does not have, and the primary volume has; layers before the manifests that name them."""
    needs, present, source = stock.needs(wanted_images(stock)), stock.blobs["backup"], stock.blobs["primary"]
    missing = {digest: size for digest, size in needs.items() if present.get(digest) != size}
    order = sorted(missing, key=lambda digest: (digest in stock.known, digest))
    return {digest: missing[digest] for digest in order if source.get(digest) == missing[digest]}


def problems(stock: Stock, uses: Uses, copied: Copied) -> list[Problem]:
    """What keeps an image out of the backup: blobs of the registry's that are damaged or missing."""
    lost = {digest for image in wanted_images(stock) for digest in stock.lacks(image, "backup")}
    return [
        problem(
            stock,
            uses,
            "primary",
            digest,
            "damaged" if digest in copied.damaged else "missing",
            is_other_good=False,
        )
        for digest in sorted(lost)
    ]


def _broken_suspects(target: HomeTarget, volumes: Volumes, stock: Stock) -> set[str]:
    """What the last check found damaged on the backup and still is: only these are read again."""
    blobs = stock.blobs["backup"]
    suspects = {digest: blobs[digest] for digest in notes.damaged(target.home) if digest in blobs}
    return volumes.broken("backup", suspects, lambda done, total: None)


def _write_catalogue(volumes: Volumes, stock: Stock) -> int:
    """The bytes that were written: none when the catalogue is the same as before."""
    catalogue = stock.catalogues["primary"].over(stock.catalogues["backup"]).only(held(stock))
    index = catalogue.to_index(stock.known)
    if volumes.read_text(layout.INDEX).encode() == index:
        return 0
    volumes.write(layout.LAYOUT, LAYOUT)
    volumes.write(layout.INDEX, index)
    return len(LAYOUT) + len(index)


def _write_records(volumes: Volumes, target: HomeTarget) -> int:
    """The releases' records, too: without the server's own disk, they say what the images are."""
    files = record_lines(all_releases(target.home))
    return sum(len(files[path]) for path in volumes.write_lines(files))


def record_lines(records: Mapping[str, Mapping[str, bytes]]) -> dict[str, str]:
    """Each record as a file of one line, by its path on the second volume; a damaged one is no record."""
    lines = {}
    for root, files in records.items():
        for name, data in files.items():
            with suppress(ValueError):
                lines[f"{layout.RECORDS}/{root}/{name}"] = json.dumps(json.loads(data), sort_keys=True)
    return lines
