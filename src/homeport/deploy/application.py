"""An application and one of its targets, as every use case takes them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homeport.manifest import AwsTarget, DockerTarget, Manifest, load
from homeport.targets import HomeTarget

MANIFEST = "homeport.yaml"


@dataclass(frozen=True, slots=True)
class Application:
    """A manifest with a target's overrides merged, and the target as the manifest has it."""

    manifest: Manifest
    target_name: str
    target: DockerTarget | AwsTarget
    folder: Path

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def root(self) -> str:
        """The name of its Terraform root, its lock and its ledger."""
        return f"{self.name}.{self.target_name}"

    @property
    def workspace(self) -> Path:
        return self.folder / ".homeport" / self.target_name

    def paths(self) -> dict[str, str]:
        """The route of every service, model and site that has one, by name."""
        return {name: part.route for _, name, part in self.manifest.parts() if part.route is not None}

    def manifest_hash(self) -> str:
        return hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest()

    def hosts(self, opened: HomeTarget) -> tuple[str, ...]:
        """The host names on which it answers."""
        return self.target.hosts or (opened.base.host_of(self.name),)


def load_application(folder: Path, target: str | None) -> Application:
    """The application in a folder; without a target, the only one there is.

    Raises ManifestInvalid, or Refused with the targets there are.
    """
    manifest = load(folder / MANIFEST)
    return _at(manifest, target or manifest.only_target(), folder)


def addressed(folder: Path, words: Sequence[str]) -> tuple[Application, tuple[str, ...]]:
    """The application in a folder, at the target that the first word names, and the words that are left.

    Where there is one target only, no word need name it. Raises as `load_application`.
    """
    manifest = load(folder / MANIFEST)
    first, *rest = words or ("",)
    if first in manifest.targets or (first and len(manifest.targets) > 1):
        return _at(manifest, first, folder), tuple(rest)
    return _at(manifest, manifest.only_target(), folder), tuple(words)


def _at(manifest: Manifest, target: str, folder: Path) -> Application:
    return Application(manifest.at(target), target, manifest.target(target), folder)
