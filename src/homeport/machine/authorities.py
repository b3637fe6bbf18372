"""Certificates of private authorities that a machine trusts, and an image has to trust too."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from homeport.host import Host

BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")  # where Debian has it, here and in an image
PACKAGED = Path("/usr/share/ca-certificates")
VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")

# The bundle, a zero byte, and all that Debian packages.
READ = f"cat {BUNDLE} 2>/dev/null; printf '\\0'; find {PACKAGED} -name '*.crt' -exec cat {{}} + 2>/dev/null"

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def certificates(text: str) -> dict[str, str]:
    """Every certificate of a PEM file, by its content without white space."""
    return {"".join(found.split()): found for found in _CERTIFICATE.findall(text)}


def authorities_of(host: Host) -> tuple[str, ...]:
    """What the host's bundles hold beyond Debian's ca-certificates; of this machine, those of the environment too."""
    if host.address == "local":
        return private_authorities()
    trusted, _, public = host.run(["sh", "-c", READ]).stdout.decode(errors="replace").partition("\0")
    return _beyond(certificates(trusted), certificates(public))


def private_authorities(
    bundle: Path = BUNDLE, packaged: Path = PACKAGED, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """What this machine's bundles hold beyond Debian's ca-certificates, as PEM texts in a stable order."""
    bundles = {bundle, *(Path(environment[name]) for name in VARIABLES[:2] if environment.get(name))}
    return _beyond(_all_in(file for file in bundles if file.is_file()), _all_in(packaged.rglob("*.crt")))


def _beyond(trusted: Mapping[str, str], public: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(trusted[key] for key in sorted(trusted.keys() - public.keys()))


def _all_in(files: Iterable[Path]) -> dict[str, str]:
    return {key: text for file in files for key, text in certificates(file.read_text(errors="replace")).items()}
