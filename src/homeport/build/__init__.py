"""From a source to a digest: builds on the target's engine what its registry does not know."""

from homeport.build.builder import Builder
from homeport.build.images import Built, Images
from homeport.build.order import Order
from homeport.build.source import Source, files_hash, generated

__all__ = ["Builder", "Built", "Images", "Order", "Source", "files_hash", "generated"]
