"""Certificates of private authorities that this machine trusts, and an image has to trust too."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")  # where Debian has it, here and in an image
PACKAGED = Path("/usr/share/ca-certificates")
VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def certificates(text: str) -> dict[str, str]:
    """Every certificate of a PEM file, by its content without white space."""
    return {"".join(found.split()): found for found in _CERTIFICATE.findall(text)}


def private_authorities(
    bundle: Path = BUNDLE, packaged: Path = PACKAGED, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """What this machine's bundles hold beyond Debian's ca-certificates, as PEM texts in a stable order."""
    bundles = {bundle, *(Path(environment[name]) for name in VARIABLES[:2] if environment.get(name))}
    trusted = _all_in(file for file in bundles if file.is_file())
    public = _all_in(packaged.rglob("*.crt"))
    return tuple(trusted[key] for key in sorted(trusted.keys() - public.keys()))


def _all_in(files: Iterable[Path]) -> dict[str, str]:
    return {key: text for file in files for key, text in certificates(file.read_text(errors="replace")).items()}
