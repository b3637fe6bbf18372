"""A client of image registries (OCI distribution specification)."""

from homeport.oci.catalogue import Catalogue
from homeport.oci.content import Content
from homeport.oci.copy import Copied, Copy
from homeport.oci.failure import Advice
from homeport.oci.manifest import Manifest
from homeport.oci.reference import Reference
from homeport.oci.registry import Registry
from homeport.oci.transport import Endpoint

__all__ = ["Advice", "Catalogue", "Content", "Copied", "Copy", "Endpoint", "Manifest", "Reference", "Registry"]
