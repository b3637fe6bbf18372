"""The folders under service-images/, and the tags of the images made of them.

A tag is a hash of all that an image is made of, so an unchanged recipe is never built twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homeport import shipped

SUITE = "trixie"
BASE = "base"

# Each lane is built in order, beside the others: the two long ones, and the short ones together.
LANES: tuple[tuple[str, ...], ...] = (
    ("flyway",),
    ("postgres",),
    ("registry", "gateway", "nginx", "python"),
)
NAMES = tuple(name for lane in LANES for name in lane)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A folder to build, and the image it becomes."""

    name: str
    folder: Path
    image: str  # homeport/<name>:<hash>


@dataclass(frozen=True, slots=True)
class Recipes:
    """What there is to build on one machine."""

    base: Recipe
    services: dict[str, Recipe]


def recipes(authorities: Sequence[str], folder: Path | None = None) -> Recipes:
    """All recipes. The base, and so all that stand on it, carry the machine's private authorities."""
    root = folder or shipped.folder("service-images")
    base = _recipe(root / BASE, SUITE, *authorities)
    return Recipes(base, {name: _recipe(root / name, base.image) for name in NAMES})


def _recipe(folder: Path, *ingredients: str) -> Recipe:
    return Recipe(folder.name, folder, f"homeport/{folder.name}:{fingerprint(folder, *ingredients)}")


def fingerprint(folder: Path, *ingredients: str) -> str:
    """Twelve hex digits over the folder's files (names and content) and whatever else goes in."""
    digest = hashlib.sha256()
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(folder)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    for ingredient in ingredients:
        digest.update(f"{hashlib.sha256(ingredient.encode()).hexdigest()}\0".encode())
    return digest.hexdigest()[:12]
