"""What the registry holds and who uses it: `homeport registry list`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from homeport.deploy.registry.stock import Stock, take_stock
from homeport.deploy.registry.uses import Uses, present_uses
from homeport.events import Emit
from homeport.home.registry_store import open_volumes
from homeport.oci.content import closure
from homeport.oci.reference import Reference
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Listed:
    """One image: `size` is all it needs, `unique` what no other image needs (in bytes); `backed_up` whether the
    backup has it whole."""

    repository: str
    digest: str
    tags: tuple[str, ...]
    size: int
    unique: int
    releases: tuple[str, ...]
    containers: tuple[str, ...]
    backed_up: bool


@dataclass(frozen=True, slots=True)
class RegistryList:
    """The images of a namespace or of all, and what each volume takes on its disk, in bytes."""

    images: tuple[Listed, ...]
    primary: int
    backup: int


def list_images(target: HomeTarget, namespace: str | None, emit: Emit) -> RegistryList:
    """Takes no lock, and reads no layer."""
    with open_volumes(target.home, target.base.images["registry"], reading=True) as volumes:
        stock, used = take_stock(volumes, emit), volumes.used()
    images = listed(stock, present_uses(target))
    chosen = (image for image in images if namespace in (None, image.repository.partition("/")[0]))
    return RegistryList(tuple(chosen), used["primary"], used["backup"])


def listed(stock: Stock, uses: Uses) -> Iterable[Listed]:
    """Every image of the primary volume, by repository."""
    images = stock.images("primary")
    needs = {image: closure(image.digest, stock.known) for image in images}
    # One digest in two repositories is kept once: it is as one image here.
    shares = Counter(digest for blobs in {image.digest: needs[image] for image in images}.values() for digest in blobs)
    return [_listed(stock, uses, image, needs[image], shares) for image in images]


def _listed(stock: Stock, uses: Uses, image: Reference, needs: dict[str, int], shares: Counter[str]) -> Listed:
    return Listed(
        repository=image.repository,
        digest=image.digest,
        tags=stock.catalogues["primary"].tags_of(image),
        size=sum(needs.values()),
        unique=sum(size for digest, size in needs.items() if shares[digest] == 1),
        releases=uses.releases.get(image, ()),
        containers=uses.containers.get(image, ()),
        backed_up=image in stock.images("backup") and not stock.lacks(image, "backup"),
    )
