"""A bare machine: a Docker engine where there is none, and the images of the base's services."""

from homeport.machine.engine import EngineFound, ensure_engine
from homeport.machine.images import ServiceImages, ensure_images, wanted_images

__all__ = ["EngineFound", "ServiceImages", "ensure_engine", "ensure_images", "wanted_images"]
