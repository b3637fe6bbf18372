"""What can be known of an application without changing anything: `homeport check`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from homeport.build import Source
from homeport.deploy.application import Application, load_application
from homeport.deploy.checks import check_against_base, check_migrations
from homeport.deploy.identity import holder
from homeport.manifest import load
from homeport.releases.migrations import Migration, read_folder
from homeport.targets import open_target


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found good. `compared_with` is the target whose last release the migrations were compared with."""

    application: str
    targets: tuple[str, ...]
    dockerfiles: tuple[str, ...]
    migrations: tuple[Migration, ...]
    compared_with: str | None = None

    def lines(self) -> list[str]:
        """For a person."""
        compared = f", as released to {self.compared_with}" if self.compared_with else ""
        said = [f"homeport.yaml is good: {self.application}, targets {', '.join(self.targets)}."]
        said += (
            [f"{len(self.dockerfiles)} Dockerfiles are good: {', '.join(self.dockerfiles)}."]
            if self.dockerfiles
            else []
        )
        said += [f"{len(self.migrations)} migrations are good{compared}."] if self.migrations else []
        return said


def check(folder: Path, target: str | None, host: str | None, instance: str) -> Checked:
    """Raises ManifestInvalid or BuildFailed for what is wrong in the repository, Refused for what a target refuses."""
    manifest = load(folder / "homeport.yaml")
    sources = [Source.of(image, folder, manifest.platform) for image in manifest.images()]
    for source in sources:
        source.read()
    found = Checked(
        application=manifest.name,
        targets=tuple(manifest.targets),
        dockerfiles=tuple(sorted({source.shown for source in sources})),
        migrations=_migrations(folder, manifest.database.migrations if manifest.database else None),
    )
    return _compared(found, load_application(folder, target), host, instance) if target else found


def _migrations(folder: Path, named: str | None) -> tuple[Migration, ...]:
    return read_folder(folder / named, named=named) if named else ()


def _compared(found: Checked, application: Application, host: str | None, instance: str) -> Checked:
    with open_target(application.target, host=host, instance=instance, holder=holder()) as target:
        check_against_base(application, target)
        check_migrations(application, target)
    return Checked(found.application, found.targets, found.dockerfiles, found.migrations, application.target_name)
