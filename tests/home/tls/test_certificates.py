"""The certificates of the gateway as values: for whom they are valid, for how long, and who signed them."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from homeport.home import tls
from homeport.secret import Secret

NOW = datetime(2026, 11, 25, tzinfo=UTC)
KEY = tls.new_key()
ROOT = tls.root_of(KEY, "homeport test", NOW)
NAMES = ("home.lan", "*.home.lan", "notes.example.com", "192.168.1.10")
LEAF = tls.leaf_of(KEY, ROOT, NAMES, NOW)


def key_of(pem: Secret) -> str:
    return pem.reveal()[pem.reveal().index("-----BEGIN PRIVATE KEY") :]


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("home.lan", True),
        ("notes.home.lan", True),
        ("a.notes.home.lan", False),
        ("notes.example.com", True),
        ("www.notes.example.com", False),
        ("192.168.1.10", True),
        ("192.168.1.11", False),
    ],
)
def test_a_certificate_is_valid_for_its_names(name: str, valid: bool) -> None:
    """A star stands for one label, no more."""
    assert (() if valid else (name,)) == tls.parse(LEAF.reveal()).lacks([name])


def test_a_star_before_a_top_level_domain_stands_for_nothing() -> None:
    """Browsers refuse it: every host below localhost must be named."""
    assert not tls.covers(["localhost", "*.localhost"], "notes.localhost")


def test_a_leaf_lives_as_long_as_every_client_takes() -> None:
    """Apple's systems refuse one of more than 398 days; it is renewed when less than a third is left."""
    leaf = tls.parse(LEAF.reveal())
    assert timedelta(days=397) == leaf.ends - leaf.begins
    assert not leaf.is_due(NOW + timedelta(days=264))
    assert leaf.is_due(NOW + timedelta(days=265))


def test_a_leaf_is_known_by_the_authority_that_signed_it() -> None:
    """A root that was made anew with the same key is the same authority; another key is another."""
    leaf, again = tls.parse(LEAF.reveal()), tls.parse(tls.root_of(KEY, "homeport test", NOW + timedelta(days=9)))
    assert tls.identifier_of(KEY) == leaf.issuer == again.subject
    assert leaf.issuer != tls.identifier_of(tls.new_key())


def test_a_strict_client_takes_the_root() -> None:
    """Python 3.13 and OpenSSL with X509_V_FLAG_X509_STRICT check every extension that RFC 5280 wants."""
    context = ssl.create_default_context(cadata=ROOT)
    assert 1 == len(context.get_ca_certs())
    assert "PRIVATE KEY" not in ROOT
    assert "PRIVATE KEY" not in tls.public_part(LEAF.reveal())


def test_given_files_become_one_text() -> None:
    """The key's own certificate comes first, whatever stands around it: HAProxy takes the first."""
    chain = f"Subject: a comment\n\n{ROOT}\n\n{tls.public_part(LEAF.reveal())}"
    text = tls.joined(chain, Secret(key_of(LEAF))).reveal()
    assert tls.parse(LEAF.reveal()) == tls.parse(text)
    assert 2 == text.count("BEGIN CERTIFICATE")
    assert "\n\n" not in text.strip()


def locked(pem: str) -> str:
    key = load_pem_private_key(pem.encode(), None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame")).decode()


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("nothing", key_of(LEAF), "cannot be read: its file holds no certificate in PEM"),
        (LEAF.reveal(), "nothing", "cannot be served: the file of its key holds no key in PEM"),
        (LEAF.reveal(), locked(key_of(LEAF)), "cannot be served: its key has a passphrase"),
        (LEAF.reveal(), tls.new_key().reveal(), "does not belong to its key"),
    ],
)
def test_given_files_that_are_no_pair_are_told(certificate: str, key: str, words: str) -> None:
    """In words that name what is wrong, before HAProxy would refuse them."""
    with pytest.raises(ValueError, match=words):
        tls.joined(certificate, Secret(key))
