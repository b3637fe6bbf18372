"""SCRAM-SHA-256 verifiers, as Postgres keeps them: a password is proven against one but cannot be read from
it.

Sources: RFC 5802 (SCRAM), RFC 7677 (SCRAM-SHA-256), Postgres, "pg_authid", column rolpassword.
"""

import base64
import hashlib
import hmac
import os
import re

from homeport.secret import Secret

ITERATIONS = 4096  # Postgres's own default (scram_iterations)
SALT_LENGTH = 16
FORM = re.compile(r"SCRAM-SHA-256\$(?P<iterations>\d+):(?P<salt>[^$]+)\$[^:]+:.+")


def verifier(password: Secret, *, salt: bytes | None = None, iterations: int = ITERATIONS) -> str:
    """The verifier `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>` of an ASCII password.

    Raises ValueError for other passwords: SASLprep, which they would need, leaves ASCII as it is.
    """
    value = password.reveal()
    if not value or not value.isascii():
        raise ValueError("a database password is one or more ASCII characters")
    salt = os.urandom(SALT_LENGTH) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", value.encode("ascii"), salt, iterations)
    stored_key = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server_key = _hmac(salted, b"Server Key")
    return f"SCRAM-SHA-256${iterations}:{_text(salt)}${_text(stored_key)}:{_text(server_key)}"


def proves(password: Secret, stored: str | None) -> bool:
    """Whether the verifier that Postgres keeps is one of this password."""
    found = FORM.fullmatch(stored or "")
    if found is None or stored is None:
        return False
    salt = base64.b64decode(found["salt"])
    return hmac.compare_digest(verifier(password, salt=salt, iterations=int(found["iterations"])), stored)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
