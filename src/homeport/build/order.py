"""One build, as the builders take it."""

from collections.abc import Iterator, Mapping
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

    def options(self) -> Iterator[str]:
        """The words that every docker command takes."""
        source = self.source
        yield from ("--tag", self.name, "--platform", source.platform)
        if source.target is not None:
            yield from ("--target", source.target)
        for name, value in sorted(source.args.items()):
            yield from ("--build-arg", f"{name}={value}")
        for name, value in sorted(self.labels.items()):
            yield from ("--label", f"{name}={value}")
