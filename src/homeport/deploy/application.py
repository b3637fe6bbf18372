"""An application and one of its targets, as every use case takes them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homeport.manifest import AwsTarget, DockerTarget, Manifest, load
from homeport.releases.images import MIGRATIONS
from homeport.targets import Target

MANIFEST = "homeport.yaml"


@dataclass(frozen=True, slots=True)
class Application:
    """A manifest with a target's overrides merged, and the target as the manifest has it."""

    manifest: Manifest
    target_name: str
    target: DockerTarget | AwsTarget
    folder: Path
    scratch: Path | None = None  # where Terraform runs, if that is not to be below the folder

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def root(self) -> str:
        """The name of its Terraform root, its lock and its ledger."""
        return f"{self.name}.{self.target_name}"

    @property
    def workspace(self) -> Path:
        return (self.scratch or self.folder / ".homeport") / self.target_name

    @property
    def images(self) -> tuple[str, ...]:
        """The names of all images that it is made of."""
        database = self.manifest.database
        migrations = (MIGRATIONS,) if database and database.migrations is not None else ()
        return (*migrations, *(name for _, name, _ in self.manifest.parts()))

    @property
    def secrets(self) -> frozenset[str]:
        """The names of all secrets that it needs."""
        services = (*self.manifest.services.values(), *self.manifest.models.values())
        return frozenset(name for service in services for name in service.secrets)

    @property
    def postgres(self) -> int | None:
        """The Postgres major that it asks for; None without a database."""
        return self.manifest.database.postgres if self.manifest.database else None

    def manifest_hash(self) -> str:
        return hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest()

    def hosts(self, opened: Target) -> tuple[str, ...]:
        """The host names on which it answers."""
        return self.target.hosts or opened.usual_hosts(self.name)


def load_application(folder: Path, target: str | None, *, sources: bool = True) -> Application:
    """The application in a folder; without a target, the only one there is; without `sources`, its manifest will do.

    Raises ManifestInvalid, or Refused with the targets there are.
    """
    manifest = load(folder / MANIFEST, sources=sources)
    return at_target(manifest, target or manifest.only_target(), folder)


def addressed(folder: Path, words: Sequence[str]) -> tuple[Application, tuple[str, ...]]:
    """The application in a folder, at the target that the first word names, and the words that are left.

    Where there is one target only, no word need name it. The sources are not needed. Raises as `load_application`.
    """
    manifest = load(folder / MANIFEST, sources=False)
    first, *rest = words or ("",)
    if first in manifest.targets or (first and len(manifest.targets) > 1):
        return at_target(manifest, first, folder), tuple(rest)
    return at_target(manifest, manifest.only_target(), folder), tuple(words)


def at_target(manifest: Manifest, target: str, folder: Path) -> Application:
    """The application with what a target says otherwise merged in. Raises Refused without such a target."""
    return Application(manifest.at(target), target, manifest.target(target), folder)
