"""The base images of a source: what they are on the engine, and how they come there."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeport.build.dockerfile import BaseImage, familiar
from homeport.build.engine import Engine
from homeport.build.source import Source
from homeport.errors import BuildFailed, EngineFailed


@dataclass(frozen=True, slots=True)
class Bases:
    """`substitutes` says which image stands in for which (`python:3.13-slim`), without a public registry."""

    engine: Engine
    substitutes: Mapping[str, str]

    def known(self, source: Source) -> dict[str, str] | None:
        """Each base image's identity, without pulling any; None when that of one cannot be had."""
        identities = {base.image: self._identity(base) for base in self._of(source)}
        known = {image: identity for image, identity in identities.items() if identity is not None}
        return known if len(known) == len(identities) else None

    def fetched(self, source: Source) -> dict[str, str]:
        """Each base image's identity, once those that were not on the engine are pulled. Raises BuildFailed.

        Images named by digest are not pulled: their identity is known, and only a build needs them.
        """
        return {base.image: self._pinned(base) or self._fetch(source, base) for base in self._of(source)}

    def fetch_pinned(self, source: Source) -> None:
        """Pull the base images named by digest that are not there, for a build. Raises BuildFailed."""
        for base in self._of(source):
            if base.is_pinned:
                self._fetch(source, base)

    def _of(self, source: Source) -> tuple[BaseImage, ...]:
        return source.read().base_images(source.target)

    def _identity(self, base: BaseImage) -> str | None:
        if pinned := self._pinned(base):
            return pinned
        other = self._substitute(base)
        if other is not None:
            return self.engine.identity(other)
        return self.engine.identity(base.image) or self.engine.identity_elsewhere(base.image)

    def _fetch(self, source: Source, base: BaseImage) -> str:
        other = self._substitute(base)
        image = other or base.image
        identity = self.engine.identity(image)
        if identity is None and other is None:
            self._pull(source, base)
            identity = self.engine.identity(image)
        if identity is None:
            raise BuildFailed(
                f"{source.shown}:{base.line}: {image}, which stands for {base.image}, is not on the engine.",
                next_step="Have it built again by: homeport setup",
            )
        return identity

    def _pull(self, source: Source, base: BaseImage) -> None:
        try:
            self.engine.pull(base.image, base.platform or source.platform)
        except EngineFailed as error:
            raise BuildFailed(
                f"{source.shown}:{base.line}: the base image {base.image} cannot be pulled.",
                detail=str(error),
                next_step=self._advice(),
            ) from error

    def _advice(self) -> str:
        if not self.substitutes:
            return "Check its name, and that the server reaches the registry it is in."
        return f"Without a public registry these can be used: {', '.join(sorted(self.substitutes))}."

    def _substitute(self, base: BaseImage) -> str | None:
        wanted = familiar(base.image)
        return next((other for name, other in self.substitutes.items() if familiar(name) == wanted), None)

    def _pinned(self, base: BaseImage) -> str | None:
        is_ours = self._substitute(base) is not None
        return base.image.partition("@")[2] if base.is_pinned and not is_ours else None
