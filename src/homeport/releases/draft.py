"""What a release is to be, before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeport.releases.migrations import Migration


@dataclass(frozen=True, slots=True)
class Draft:
    """The part of a release's record that is decided before it begins; see `Release` for the names.

    `images` and `configuration` are empty while an image may still have to be built.
    """

    commit: str
    manifest: str
    migrations: tuple[Migration, ...]
    postgres: int | None
    images: Mapping[str, str] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    of: int | None = None
    origin: str = ""
