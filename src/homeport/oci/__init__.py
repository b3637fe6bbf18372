"""A client of image registries (OCI distribution specification)."""

from homeport.oci.reference import Reference
from homeport.oci.registry import Endpoint, Manifest, Registry

__all__ = ["Endpoint", "Manifest", "Reference", "Registry"]
