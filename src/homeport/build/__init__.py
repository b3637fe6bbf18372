"""From a source to a digest: builds on the target's engine what its registry does not know."""

from homeport.build.builder import Builder
from homeport.build.images import Built, Images
from homeport.build.source import Source, generated

__all__ = ["Builder", "Built", "Images", "Source", "generated"]
