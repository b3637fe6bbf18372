"""Certificates of the gateway: read, made by the server's own authority, or given by its owner. Pure."""

from homeport.home.tls.authority import LEAF_LIFE, identifier_of, leaf_of, new_key, root_of
from homeport.home.tls.certificate import Certificate, covers, parse, public_part
from homeport.home.tls.given import joined

__all__ = [
    "LEAF_LIFE",
    "Certificate",
    "covers",
    "identifier_of",
    "joined",
    "leaf_of",
    "new_key",
    "parse",
    "public_part",
    "root_of",
]
