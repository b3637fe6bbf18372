"""One build, as the builders take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeport.build.source import Source
from homeport.secret import Secret


@dataclass(frozen=True, slots=True)
class Order:
    """The source, the Dockerfile's text as it shall be built, and the image's name on the engine."""

    source: Source
    text: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
