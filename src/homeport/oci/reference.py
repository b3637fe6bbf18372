"""The name of an image that cannot change: a repository and a digest."""

import re
from dataclasses import dataclass

from homeport.errors import RegistryFailed

# Source: OCI distribution specification, "Pulling manifests"; OCI image specification, "Digests".
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A repository without its registry (`api/notes-api`) and a digest (`sha256:…`).

    Raises RegistryFailed when either breaks the OCI rules.
    """

    repository: str
    digest: str

    def __post_init__(self) -> None:
        if not _REPOSITORY.fullmatch(self.repository):
            raise RegistryFailed(f'"{self.repository}" is not a name that a repository can have.')
        check_digest(self.digest)

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """The reverse of `str`: `api/notes-api@sha256:…`."""
        repository, _, digest = text.partition("@")
        return cls(repository, digest)

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}"

    def at(self, prefix: str) -> str:
        """The name by which an engine pulls it from the registry at `prefix` (`127.0.0.1:5000`)."""
        return f"{prefix}/{self}"


def check_digest(digest: str) -> str:
    """The digest itself. Raises RegistryFailed when it is none."""
    if not _DIGEST.fullmatch(digest):
        raise RegistryFailed(
            f'"{digest}" is not a digest: it should be "sha256:" and 64 lower-case hexadecimal digits.'
        )
    return digest
