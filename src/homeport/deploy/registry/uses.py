"""Who uses an image: releases whose records are kept, and containers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from homeport.errors import Refused
from homeport.home.container import running
from homeport.home.ledger import all_releases
from homeport.home.registry import prefix
from homeport.oci.reference import Reference
from homeport.releases.record import Release, from_json
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Uses:
    """Names of releases (`notes.home 3`) and of containers, by image."""

    releases: Mapping[Reference, tuple[str, ...]] = field(default_factory=dict)
    containers: Mapping[Reference, tuple[str, ...]] = field(default_factory=dict)

    def of(self, image: Reference) -> tuple[str, ...]:
        return self.releases.get(image, ()) + self.containers.get(image, ())

    def of_any(self, images: Iterable[Reference]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(use for image in images for use in self.of(image)))

    def images(self) -> set[Reference]:
        return {*self.releases, *self.containers}


def uses(releases: Mapping[str, Sequence[Release]], containers: Mapping[str, str], registry: str) -> Uses:
    """Releases by `<application>.<target>`, containers' image names by container; `registry` stands before those of
    ours (`127.0.0.1:5000`)."""
    by_release: dict[Reference, list[str]] = defaultdict(list)
    for root, made in sorted(releases.items()):
        for release in made:
            for image in set(release.images.values()):
                by_release[Reference.parse(image)].append(f"{root} {release.number}")
    by_container: dict[Reference, list[str]] = defaultdict(list)
    for name, image in sorted(containers.items()):
        if image.startswith(f"{registry}/") and "@" in image:
            by_container[Reference.parse(image.removeprefix(f"{registry}/"))].append(name)
    return Uses(_tuples(by_release), _tuples(by_container))


def releases_by_root(target: HomeTarget) -> dict[str, list[Release]]:
    """The kept releases of every application's target, oldest first. Raises Refused for a record that is damaged:
    what its images are is not known."""
    stored = all_releases(target.home)
    return {root: [_release(root, name, files[name]) for name in sorted(files)] for root, files in stored.items()}


def _release(root: str, name: str, record: bytes) -> Release:
    try:
        return from_json(record)
    except (ValueError, TypeError) as error:
        raise Refused(
            f"The record of a release, releases/{root}/{name} in the folder of the installation, is damaged.",
            detail=str(error),
            next_step="Move it away, and run the same command again.",
        ) from error


def present_uses(target: HomeTarget) -> Uses:
    """As the server's records and its engine say now."""
    registry = prefix(target.base.registry_port)
    return uses(releases_by_root(target), running.images(target.home), registry)


def _tuples(found: Mapping[Reference, list[str]]) -> dict[Reference, tuple[str, ...]]:
    return {image: tuple(names) for image, names in found.items()}
