"""What a certificate says, and for which names it is valid."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

RENEWED_AT = 3  # when less than one part in so many of its life is left


@dataclass(frozen=True, slots=True)
class Certificate:
    """`names` are host names (`*.` in front stands for one label) and addresses; `fingerprint` is SHA-256 in hex;
    `issuer` is the identifier of the key that signed it, and `subject` that of its own; empty where it has none."""

    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    serial: int
    fingerprint: str
    issuer: str = ""
    subject: str = ""

    def left(self, now: datetime) -> timedelta:
        return self.ends - now

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to renew it."""
        return self.left(now) * RENEWED_AT < self.ends - self.begins

    def lacks(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names for which it is not valid."""
        return tuple(name for name in names if not covers(self.names, name))


def covers(names: Iterable[str], name: str) -> bool:
    """Whether one of a certificate's names stands for this one. `*` is one whole label, the first.

    Clients accept no `*` right before a top-level domain, so `*.localhost` stands for nothing.
    Source: RFC 9525, section 6.3; OpenSSL, X509_check_host.
    """
    rest = name.partition(".")[2]
    wildcard = f"*.{rest}" if "." in rest else ""
    return any(one in (name, wildcard) for one in names)


def parse(pem: str) -> Certificate:
    """The first certificate of a PEM text. Raises ValueError when there is none."""
    found = x509.load_pem_x509_certificates(pem.encode())[0]
    return Certificate(
        names=_names(found),
        begins=found.not_valid_before_utc,
        ends=found.not_valid_after_utc,
        serial=found.serial_number,
        fingerprint=found.fingerprint(hashes.SHA256()).hex(),
        issuer=_issuer(found),
        subject=_subject(found),
    )


def public_part(pem: str) -> str:
    """The certificates of a PEM text, without keys."""
    return text_of(x509.load_pem_x509_certificates(pem.encode()))


def text_of(certificates: Iterable[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def general_name(name: str) -> x509.GeneralName:
    """A host name or an address as a certificate has it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = [name.lower() for name in names.get_values_for_type(x509.DNSName)]
    return tuple(hosts + [str(address) for address in names.get_values_for_type(x509.IPAddress)])


def _issuer(found: x509.Certificate) -> str:
    try:
        value = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        return ""
    return (value.key_identifier or b"").hex()


def _subject(found: x509.Certificate) -> str:
    try:
        return found.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()
    except x509.ExtensionNotFound:
        return ""
