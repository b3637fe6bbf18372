"""The two volumes of a server's registry, as files: what lies on them, and copying between them on the server."""

from homeport.home.registry_store.container import open_volumes
from homeport.home.registry_store.layout import Listing, Volume
from homeport.home.registry_store.volumes import Copied, Volumes

__all__ = ["Copied", "Listing", "Volume", "Volumes", "open_volumes"]
