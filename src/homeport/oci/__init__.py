"""A client of image registries (OCI distribution specification)."""

from homeport.oci.catalogue import Catalogue
from homeport.oci.content import Content
from homeport.oci.copy import Copied, Copy
from homeport.oci.reference import Reference
from homeport.oci.registry import Endpoint, Manifest, Registry

__all__ = ["Catalogue", "Content", "Copied", "Copy", "Endpoint", "Manifest", "Reference", "Registry"]
