"""Verifiers of passwords."""

import base64
import hashlib
import hmac
import re

import pytest

from homeport.database.scram import proves, verifier
from homeport.secret import Secret

# RFC 7677, section 3: the example exchange of user "user" with password "pencil".
NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
EXCHANGE = f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={NONCE}".encode()
CLIENT_PROOF = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
SERVER_SIGNATURE = base64.b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
PENCIL = Secret("pencil")


def test_the_rfcs_own_exchange_succeeds_against_our_verifier() -> None:
    """The server accepts the client's proof, and signs as the RFC says."""
    found = re.fullmatch(r"SCRAM-SHA-256\$4096:(.+)\$(.+):(.+)", verifier(PENCIL, salt=SALT))
    assert found is not None
    salt, stored_key, server_key = (base64.b64decode(part) for part in found.groups())
    client_signature = hmac.digest(stored_key, EXCHANGE, "sha256")
    client_key = bytes(ours ^ theirs for ours, theirs in zip(CLIENT_PROOF, client_signature, strict=True))
    assert salt == SALT
    assert hashlib.sha256(client_key).digest() == stored_key
    assert hmac.digest(server_key, EXCHANGE, "sha256") == SERVER_SIGNATURE


def test_a_verifier_proves_its_own_password_only() -> None:
    """Whatever its salt and iterations are: Postgres may have made it."""
    stored = verifier(PENCIL, iterations=5000)
    assert proves(PENCIL, stored)
    assert not proves(Secret("Pencil"), stored)


@pytest.mark.parametrize("stored", [None, "", "md5a3f2", "SCRAM-SHA-256$", "pencil"])
def test_what_is_no_verifier_proves_nothing(stored: str | None) -> None:
    assert not proves(PENCIL, stored)


def test_two_verifiers_of_a_password_differ() -> None:
    """The salt is new each time."""
    assert verifier(PENCIL) != verifier(PENCIL)


@pytest.mark.parametrize("password", ["", "pässword"])
def test_a_password_that_needs_saslprep_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        verifier(Secret(password))
