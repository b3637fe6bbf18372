"""Reading every byte of both volumes: `homeport registry check`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from homeport.deploy.registry.problems import OTHER, REMEDIES, Problem, problem
from homeport.deploy.registry.progress import progress
from homeport.deploy.registry.restore import lost
from homeport.deploy.registry.stock import Stock, maintained, take_stock
from homeport.deploy.registry.uses import Uses, present_uses
from homeport.events import Emit
from homeport.home.registry_store import Volume, Volumes, notes
from homeport.targets import HomeTarget

VOLUMES: tuple[Volume, ...] = ("primary", "backup")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was read, and what is wrong; `blobs` and `size` count both volumes."""

    blobs: int
    size: int
    seconds: float
    problems: tuple[Problem, ...]


def check(target: HomeTarget, emit: Emit) -> Checked:
    """Compare every blob of both volumes with its digest, and every image with what it needs. Changes no volume."""
    started = time.monotonic()
    with maintained(target, emit) as volumes:
        listed = volumes.listing().blobs
        stock = take_stock(volumes, emit)
        broken = {volume: _broken(volumes, listed, volume, emit) for volume in VOLUMES}
    notes.note_damaged(target.home, broken["backup"])
    found = problems(stock, present_uses(target), broken)
    size = sum(sum(listed[volume].values()) for volume in VOLUMES)
    return Checked(sum(map(len, listed.values())), size, time.monotonic() - started, tuple(found))


def problems(stock: Stock, uses: Uses, broken: Mapping[Volume, set[str]]) -> list[Problem]:
    """Damaged blobs, missing ones, damaged tags, and images of kept releases that are nowhere."""
    sound = stock
    for volume in VOLUMES:
        sound = sound.without(volume, broken[volume])
    found = [one for volume in VOLUMES for one in _of_volume(sound, uses, volume, broken[volume])]
    tags = [Problem("primary", tag, "damaged", (tag,), (), REMEDIES["primary"]) for tag in stock.damaged_tags]
    return [*found, *tags, *lost(stock, uses), *_not_on_primary(stock, uses)]


def _of_volume(sound: Stock, uses: Uses, volume: Volume, broken: set[str]) -> list[Problem]:
    missing = {digest for image in sound.images(volume) for digest in sound.lacks(image, volume)} - broken
    other = sound.blobs[OTHER[volume]]
    damaged = [problem(sound, uses, volume, d, "damaged", is_other_good=d in other) for d in sorted(broken)]
    return damaged + [problem(sound, uses, volume, d, "missing", is_other_good=d in other) for d in sorted(missing)]


def _not_on_primary(stock: Stock, uses: Uses) -> list[Problem]:
    """Images in use that the registry has lost, and the backup has: as after its volume was deleted."""
    gone = set(stock.images("backup")) - set(stock.images("primary"))
    return [
        Problem("primary", image.digest, "missing", (image.repository,), uses.of(image), REMEDIES["primary"])
        for image in sorted(uses.images() & gone, key=str)
    ]


def _broken(volumes: Volumes, listed: Mapping[Volume, Mapping[str, int]], volume: Volume, emit: Emit) -> set[str]:
    """Read twice before it is said: a manifest may just have been being written."""
    blobs = listed[volume]
    suspects = volumes.broken(volume, blobs, progress(emit, volume, "read"))
    return volumes.broken(volume, {digest: blobs[digest] for digest in suspects}, lambda done, total: None)
