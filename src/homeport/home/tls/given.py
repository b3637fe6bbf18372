"""A certificate that the owner gives: two PEM files, as one text that HAProxy reads."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from homeport.home.tls.certificate import text_of
from homeport.secret import Secret


def joined(certificate: str, key: Secret) -> Secret:
    """The certificate of this key, its chain, and the key, without whatever else the files hold.

    Raises ValueError, in words that follow "The certificate of the gateway", when the files are not a pair.
    """
    try:
        chain = x509.load_pem_x509_certificates(certificate.encode())
    except ValueError as error:
        raise ValueError("cannot be read: its file holds no certificate in PEM") from error
    try:
        private = load_pem_private_key(key.reveal().encode(), password=None)
    except TypeError as error:
        raise ValueError("cannot be served: its key has a passphrase") from error
    except ValueError as error:
        raise ValueError("cannot be served: the file of its key holds no key in PEM") from error
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    own = [one for one in chain if _public(one) == public]
    if not own:
        raise ValueError("does not belong to its key")
    ordered = [own[0], *(one for one in chain if one is not own[0])]
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Secret(text_of(ordered) + text)


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
