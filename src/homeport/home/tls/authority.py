"""The server's own authority: its root certificate, and the certificate of the gateway that it signs.

Extensions as RFC 5280 wants them, because newer clients check all of them (OpenSSL's X509_V_FLAG_X509_STRICT).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from homeport.home.tls.certificate import general_name, text_of
from homeport.secret import Secret

ROOT_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=397)  # Apple's systems refuse one of more than 398 days
BACKDATED = timedelta(hours=1)  # for clocks that are slow


def new_key() -> Secret:
    """A key for an authority, as PEM."""
    return _text(ec.generate_private_key(ec.SECP256R1()))


def identifier_of(key: Secret) -> str:
    """What certificates call the key: `subject` of its root, `issuer` of what it signs."""
    return x509.SubjectKeyIdentifier.from_public_key(_load(key).public_key()).digest.hex()


def root_of(key: Secret, called: str, now: datetime) -> str:
    """The root certificate of an authority, as PEM: what a person tells their devices to trust."""
    private = _load(key)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])
    builder = _dated(x509.CertificateBuilder(subject_name=name, issuer_name=name), private, now, ROOT_LIFE)
    usage = _usage(digital_signature=False, certificates=True)
    signed = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    return text_of([signed])


def leaf_of(key: Secret, root: str, names: Iterable[str], now: datetime) -> Secret:
    """A certificate for the names and its own key, signed by the authority, as one PEM text for HAProxy."""
    authority = x509.load_pem_x509_certificate(root.encode())
    signer, private = _load(key), ec.generate_private_key(ec.SECP256R1())
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    # Without a subject: every name is in the extension, which is then critical (RFC 5280, section 4.2.1.6).
    builder = x509.CertificateBuilder(subject_name=x509.Name([]), issuer_name=authority.subject)
    signed = (
        _dated(builder, private, now, LEAF_LIFE)
        .add_extension(x509.SubjectAlternativeName(map(general_name, names)), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return Secret(text_of([signed]) + _text(private).reveal())


def _dated(
    builder: x509.CertificateBuilder, private: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    begins = now - BACKDATED
    return (
        builder.serial_number(x509.random_serial_number())
        .public_key(private.public_key())
        .not_valid_before(begins)
        .not_valid_after(begins + life)
    )


def _usage(*, digital_signature: bool, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _load(key: Secret) -> ec.EllipticCurvePrivateKey:
    private = load_pem_private_key(key.reveal().encode(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of an authority of ours")
    return private


def _text(private: ec.EllipticCurvePrivateKey) -> Secret:
    return Secret(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
