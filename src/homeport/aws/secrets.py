"""Secrets of the applications in AWS Secrets Manager: `homeport/<application>/<target>/<NAME>`.

A version is Secrets Manager's own id of it. What is removed can be had back for some days; it counts as not set.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from homeport.aws.session import Session, told
from homeport.errors import CloudFailed, Refused
from homeport.secret import Secret
from homeport.store.secrets import NAME, Change, check, check_name, not_set

SCOPE = re.compile(r"(?P<application>[a-z0-9][a-z0-9_-]*)\.(?P<target>[a-z0-9][a-z0-9_-]*)")
CURRENT = "AWSCURRENT"
NOT_THERE = "ResourceNotFoundException"
REMOVED = "InvalidRequestException"  # it waits for its deletion
KEPT_FOR = 7  # days, the fewest there are
AT_ONCE = 8  # requests
MOST_BYTES = 65536


@dataclass(frozen=True)
class CloudSecrets:
    """The secrets of one account and region. May be used by several threads at once.

    Raises CloudFailed in AWS's words; a value is in none of them.
    """

    session: Session
    _names: dict[str, set[str]] = field(default_factory=dict)  # set here: the list of AWS is some minutes behind

    @cached_property
    def _manager(self) -> Any:
        return self.session.client("secretsmanager")

    def list(self, scope: str) -> dict[str, str]:
        """The names that have a value, each with its version. One that was just set elsewhere may be missing yet.

        Source: AWS Secrets Manager API, ListSecrets ("eventually consistent").
        """
        return self.versions(scope, {*self._listed(scope), *self._names.get(scope, ())})

    def versions(self, scope: str, names: Collection[str]) -> dict[str, str]:
        """Of these names, those that have a value now, each with its version."""
        wanted = sorted(names)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(lambda name: self._version(scope, name), wanted)
            return {name: version for name, version in zip(wanted, found, strict=True) if version}

    def get(self, scope: str, name: str) -> Secret:
        """The value. Raises Refused when there is none."""
        found = self._current(scope, name)
        if found is None:
            raise not_set(scope, name, self.list(scope))
        return found[0]

    def set(self, scope: str, name: str, value: Secret) -> str:
        """Keep a value; returns its version, which is a new one only when the value is.

        Raises Refused for a name that cannot be an environment variable, and for an empty value.
        """
        _check(name, value)
        return self._keep(scope, name, value)[0]

    def set_all(self, scope: str, values: Mapping[str, Secret]) -> dict[str, Change]:
        """Keep all the values, none where one of them is refused; returns what each was. Raises as `set`.

        Where AWS fails in between, those before are kept: the same again sets the rest.
        """
        for name, value in values.items():
            _check(name, value)
        return {name: self._keep(scope, name, value)[1] for name, value in values.items()}

    def remove(self, scope: str, name: str) -> None:
        """Forget the value. Raises Refused when there is none."""
        check_name(name)
        if self._version(scope, name) is None:
            raise not_set(scope, name, self.list(scope))
        with self._asking("Removing", scope, name):
            self._manager.delete_secret(SecretId=_id(scope, name), RecoveryWindowInDays=KEPT_FOR)

    def forget(self, scope: str) -> None:
        """Remove everything that a person has set for a scope, for good."""
        for name in self.list(scope):
            with self._asking("Removing", scope, name):
                self._manager.delete_secret(SecretId=_id(scope, name), ForceDeleteWithoutRecovery=True)

    # ------------------------------------------------------------------ AWS

    def _keep(self, scope: str, name: str, value: Secret) -> tuple[str, Change]:
        self._names.setdefault(scope, set()).add(name)
        found = self._current(scope, name)
        if found is not None and found[0] == value:
            return found[1], "unchanged"
        return self._put(scope, name, value), "changed" if found else "new"

    def _put(self, scope: str, name: str, value: Secret) -> str:
        """A further version; of a new secret, or of one that was removed, where there is none to add it to."""
        try:
            return self._add(scope, name, value)
        except CloudFailed as error:
            if error.code == NOT_THERE:
                return self._create(scope, name, value)
            if error.code != REMOVED:
                raise
        with self._asking("Setting", scope, name):
            self._manager.restore_secret(SecretId=_id(scope, name))
        return self._add(scope, name, value)

    def _add(self, scope: str, name: str, value: Secret) -> str:
        with self._asking("Setting", scope, name):
            kept = self._manager.put_secret_value(SecretId=_id(scope, name), SecretString=value.reveal())
        return str(kept["VersionId"])

    def _create(self, scope: str, name: str, value: Secret) -> str:
        with self._asking("Setting", scope, name):
            made = self._manager.create_secret(Name=_id(scope, name), SecretString=value.reveal(), Tags=_tags(scope))
        return str(made["VersionId"])

    def _current(self, scope: str, name: str) -> tuple[Secret, str] | None:
        """The value and its version; None where there is none."""
        try:
            with self._asking("Reading", scope, name):
                said = self._manager.get_secret_value(SecretId=_id(scope, name), VersionStage=CURRENT)
        except CloudFailed as error:
            if error.code in {NOT_THERE, REMOVED}:
                return None
            raise
        return Secret(said["SecretString"]), str(said["VersionId"])

    def _version(self, scope: str, name: str) -> str | None:
        """The version, without a look at the value; None where there is none."""
        try:
            with self._asking("Looking for", scope, name):
                said = self._manager.describe_secret(SecretId=_id(scope, name))
        except CloudFailed as error:
            if error.code == NOT_THERE:
                return None
            raise
        if "DeletedDate" in said:
            return None
        versions = said.get("VersionIdsToStages", {})
        return next((version for version, stages in versions.items() if CURRENT in stages), None)

    def _listed(self, scope: str) -> Iterator[str]:
        """The names that a person has set; a database's own are called otherwise, and belong to Terraform."""
        prefix = _id(scope, "")
        with told(f"Listing the secrets of {scope}", _next_step):
            pages = self._manager.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [prefix]}])
            found = [entry["Name"].removeprefix(prefix) for page in pages for entry in page["SecretList"]]
        return (name for name in found if NAME.fullmatch(name))

    @contextmanager
    def _asking(self, doing: str, scope: str, name: str) -> Iterator[None]:
        with told(f"{doing} the secret {name} of {scope}", _next_step):
            yield


def _check(name: str, value: Secret) -> None:
    check(name, value)
    if len(value.reveal().encode()) > MOST_BYTES:
        raise Refused(
            f"The value of {name} is longer than {MOST_BYTES} bytes, the most that AWS Secrets Manager keeps.",
            next_step="Put it into a file of an image, or of S3, and keep only what opens it as a secret.",
        )


def _id(scope: str, name: str) -> str:
    parts = _parts(scope)
    return f"homeport/{parts['application']}/{parts['target']}/{name}"


def _tags(scope: str) -> list[dict[str, str]]:
    return [{"Key": f"homeport:{key}", "Value": value} for key, value in _parts(scope).items()]


def _parts(scope: str) -> dict[str, str]:
    found = SCOPE.fullmatch(scope)
    if found is None:
        raise Refused(f'Secrets belong to an application and a target, as in notes.production, not to "{scope}".')
    return found.groupdict()


def _next_step(code: str) -> str:
    if code != "AccessDeniedException":
        return ""
    return "Give the credentials the right to the secrets below homeport/ in AWS Secrets Manager."
