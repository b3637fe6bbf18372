"""What a release would have changed of an earlier one. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homeport.releases.migrations import compare
from homeport.releases.record import Release

IMAGES = ("image", "migrations")  # keys of the configuration that hold an image


@dataclass(frozen=True, slots=True)
class ImageChange:
    """An image by the service's name, before and after; None where there is none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`configuration` are keys with dots, `migrations` files. Images and configuration are only known of a release
    that came as far as to be planned; `is_known` says whether."""

    since: int
    is_known: bool
    images: tuple[ImageChange, ...]
    configuration: tuple[str, ...]
    migrations: tuple[str, ...]


def difference(earlier: Release, later: Release) -> Difference:
    """From the earlier to the later release of one target."""
    is_known = bool(later.configuration)
    compared = compare(earlier.migrations, later.migrations)
    return Difference(
        since=earlier.number,
        is_known=is_known,
        images=tuple(_images(earlier.images, later.images)) if is_known else (),
        configuration=tuple(_keys(earlier.configuration, later.configuration)) if is_known else (),
        migrations=tuple(migration.script for migration in (*compared.new, *compared.changed_repeatables)),
    )


def _images(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ImageChange]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield ImageChange(name, before.get(name), after.get(name))


def _keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _leaves(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, entry in value.items():
        if isinstance(entry, Mapping):
            yield from _leaves(entry, f"{path}{key}.")
        elif key not in IMAGES:
            yield f"{path}{key}", entry
