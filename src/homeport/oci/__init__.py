"""A client of image registries (OCI distribution specification)."""

from homeport.oci.catalogue import Catalogue
from homeport.oci.content import Content
from homeport.oci.reference import Reference
from homeport.oci.registry import Endpoint, Manifest, Registry

__all__ = ["Catalogue", "Content", "Endpoint", "Manifest", "Reference", "Registry"]
