"""The server's store of secrets: an application's own, and the passwords that homeport makes.

A scope is `<application>.<target>`, or `base`; each is one file, readable by its owner only. Terraform's
state and the plan see a name and its version, never a value.
"""

import json
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from homeport.errors import HomeportError, Refused
from homeport.home.home import Home
from homeport.secret import Secret
from homeport.store.secrets import Change, check, check_name, not_set

SCOPE = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)?")
LOCK = "secrets"  # not the scope's own lock: a release holds that while it asks for passwords
LOCK_WAIT = timedelta(seconds=10)
PASSWORD_BYTES = 24  # 32 characters of url-safe base64


@dataclass(slots=True)
class _Kept:
    """A secret in the file. The version outlives the value: one that is set again after a removal is a new
    one."""

    value: str | None = None
    version: int = 0


@dataclass(slots=True)
class _Scope:
    secrets: dict[str, _Kept] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)


class SecretStore:
    """Secrets on the server of `home`. `holder` names this process to others that wait for the store."""

    def __init__(self, home: Home, holder: str = "homeport") -> None:
        self._home = home
        self._holder = holder
        self._passwords: dict[str, dict[str, str]] = {}  # those that were read: they do not change

    def set(self, scope: str, name: str, value: Secret) -> int:
        """Keep a value; returns its version, which is a new one only when the value is.

        Raises Refused for a name that cannot be an environment variable, and for an empty value.
        """
        check(name, value)
        with self._changing(scope) as kept:
            secret = kept.secrets.setdefault(name, _Kept())
            _keep(secret, value)
            return secret.version

    def set_all(self, scope: str, values: Mapping[str, Secret]) -> dict[str, Change]:
        """Keep all the values, or none; returns what each was. Raises as `set`."""
        for name, value in values.items():
            check(name, value)
        with self._changing(scope) as kept:
            return {name: _keep(kept.secrets.setdefault(name, _Kept()), value) for name, value in values.items()}

    def get(self, scope: str, name: str) -> Secret:
        """The value. Raises Refused when there is none."""
        secret = self._read(scope).secrets.get(name)
        if secret is None or secret.value is None:
            raise not_set(scope, name, self.list(scope))
        return Secret(secret.value)

    def remove(self, scope: str, name: str) -> None:
        """Forget the value. Raises Refused when there is none."""
        check_name(name)
        with self._changing(scope) as kept:
            secret = kept.secrets.get(name)
            if secret is None or secret.value is None:
                raise not_set(scope, name, self.list(scope))
            secret.value = None

    def list(self, scope: str) -> dict[str, int]:
        """The names that have a value, each with its version."""
        found = sorted(self._read(scope).secrets.items())
        return {name: secret.version for name, secret in found if secret.value is not None}

    def versions(self, scope: str, names: Collection[str]) -> dict[str, int]:
        """Of these names, those that have a value, each with its version."""
        return {name: version for name, version in self.list(scope).items() if name in names}

    def password(self, scope: str, name: str) -> Secret:
        """A password of ours (a role's, the registry's): made at its first use, the same ever after."""
        if name not in self._passwords.get(scope, {}):
            self._passwords[scope] = self._read(scope).passwords
        if name not in self._passwords[scope]:
            with self._changing(scope) as kept:
                kept.passwords.setdefault(name, secrets.token_urlsafe(PASSWORD_BYTES))
            self._passwords[scope] = kept.passwords
        return Secret(self._passwords[scope][name])

    def forget(self, scope: str) -> None:
        """Remove everything of a scope, its passwords included."""
        self._home.host.files.remove(self._path(scope))
        self._passwords.pop(scope, None)

    @contextmanager
    def _changing(self, scope: str) -> Iterator[_Scope]:
        with self._home.lock(LOCK, self._holder, wait=LOCK_WAIT):
            kept = self._read(scope)
            before = _encode(kept)
            yield kept
            if (after := _encode(kept)) != before:
                self._home.host.files.write(self._path(scope), after, mode=0o600)

    def _read(self, scope: str) -> _Scope:
        path = self._path(scope)
        try:
            content = self._home.host.files.read(path)
        except FileNotFoundError:
            return _Scope()
        try:
            return _decode(content)
        except (ValueError, KeyError, TypeError) as error:
            raise HomeportError(
                f"{path} on {self._home.host.address} cannot be read as a file of secrets.",
                next_step="Restore it from a backup, or remove it and set the secrets again.",
            ) from error

    def _path(self, scope: str) -> str:
        if not SCOPE.fullmatch(scope):
            raise Refused(f'Secrets belong to an application and a target, as in notes.home, not to "{scope}".')
        return self._home.path("secrets", f"{scope}.json")


def _keep(secret: _Kept, value: Secret) -> Change:
    if secret.value == value.reveal():
        return "unchanged"
    before, secret.value = secret.value, value.reveal()
    secret.version += 1
    return "new" if before is None else "changed"


def _encode(kept: _Scope) -> bytes:
    values = {name: {"version": secret.version, "value": secret.value} for name, secret in kept.secrets.items()}
    return json.dumps({"secrets": values, "passwords": kept.passwords}, indent=1, sort_keys=True).encode()


def _decode(content: bytes) -> _Scope:
    found = json.loads(content)
    values = {name: _Kept(secret["value"], int(secret["version"])) for name, secret in found["secrets"].items()}
    return _Scope(values, dict(found["passwords"]))
