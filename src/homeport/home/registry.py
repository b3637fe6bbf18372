"""What the registry of a home server is given: its configuration, its passwords, and the engine's login."""

from collections.abc import Mapping

import bcrypt

from homeport.errors import RegistryFailed
from homeport.secret import Secret

# The registry checks the password anew on every request, and a push makes dozens. Our passwords are
# random and long, so a higher cost would slow every release and protect nothing.
_COST = 5
_LONGEST_PASSWORD = 72  # bytes that bcrypt looks at

# Version 3 of distribution sends traces to a collector unless it is told not to.
ENVIRONMENT: Mapping[str, str] = {"OTEL_TRACES_EXPORTER": "none"}
HTPASSWD = "/etc/registry/htpasswd"
CONFIG = "/etc/registry/config.yml"
STORAGE = "/var/lib/registry"


def config(secret: Secret, *, port: int = 5000, htpasswd: str = HTPASSWD, storage: str = STORAGE) -> str:
    """The text of config.yml; `port` is the one it listens on in its container.

    With the same `secret`, an upload goes on when the registry was replaced in the middle of it.

    Locations are relative, because the registry stands behind the gateway and is reached by forwarded
    ports: it cannot know the address that a client used. No debug port is opened.
    Source: distribution, "Configuring a registry".
    """
    return f"""\
version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: {storage}
  delete:
    enabled: true
auth:
  htpasswd:
    realm: homeport
    path: {htpasswd}
http:
  addr: ":{port}"
  secret: "{secret.reveal()}"
  draintimeout: 10s
  relativeurls: true
  headers:
    X-Content-Type-Options: [nosniff]
"""


def htpasswd(logins: Mapping[str, Secret]) -> str:
    """The text of an htpasswd file with a bcrypt hash for each user. It differs every time (the salts)."""
    return "".join(f"{_user(user)}:{_hash(password)}\n" for user, password in sorted(logins.items()))


def is_current(text: str, logins: Mapping[str, Secret]) -> bool:
    """Whether an htpasswd file lets in exactly these users with these passwords: it need not change then."""
    hashes = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return hashes.keys() == logins.keys() and all(
        _is_hash_of(hashes[user], password) for user, password in logins.items()
    )


def auth_config(user: str, password: Secret) -> dict[str, str]:
    """The login as the Engine API takes it for a pull or a push. It holds the password: keep it nowhere."""
    return {"username": user, "password": password.reveal()}


def prefix(port: int) -> str:
    """What stands before a repository in the names that the server's own engine uses.

    Engines speak plain HTTP to 127.0.0.0/8 without being told to.
    """
    return f"127.0.0.1:{port}"


def _user(user: str) -> str:
    if not user or any(character in user for character in ":\n\r"):
        raise RegistryFailed(f'"{user}" cannot be a user of the registry: no colon and no line break.')
    return user


def _hash(password: Secret) -> str:
    value = password.reveal().encode()
    if len(value) > _LONGEST_PASSWORD:
        raise RegistryFailed(f"A registry password may have {_LONGEST_PASSWORD} bytes at most.")
    return bcrypt.hashpw(value, bcrypt.gensalt(rounds=_COST)).decode()


def _is_hash_of(hashed: str, password: Secret) -> bool:
    try:
        return bcrypt.checkpw(password.reveal().encode(), hashed.encode())
    except ValueError:  # not a bcrypt hash: a file that someone else wrote
        return False
