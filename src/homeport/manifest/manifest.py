"""homeport.yaml: what an application is, and where it runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, WithJsonSchema

from homeport.errors import Refused
from homeport.manifest.build import Build
from homeport.manifest.database import Database
from homeport.manifest.names import ApplicationName, PartName, TargetName
from homeport.manifest.problems import meant, rule, shown
from homeport.manifest.record import Record
from homeport.manifest.service import Service
from homeport.manifest.site import Site
from homeport.manifest.target import AwsTarget, DockerTarget, Override, Target
from homeport.namespaces import Namespace

PLATFORM = rule("platform", "The platform is `linux/amd64` or `linux/arm64`.")

PLATFORMS = ("linux/amd64", "linux/arm64")
Section = Literal["services", "models", "sites"]
NAMESPACES: Mapping[Section, Namespace] = {"services": "api", "models": "model", "sites": "site"}
_Part = TypeVar("_Part", Service, Site)


def _platform(text: str) -> str:
    if text not in PLATFORMS:
        raise PLATFORM.broken(f'should be "linux/amd64" or "linux/arm64", not {shown(text)}{meant(text, PLATFORMS)}')
    return text


Platform = Annotated[str, AfterValidator(_platform), WithJsonSchema({"type": "string", "enum": list(PLATFORMS)})]


def _home() -> dict[str, DockerTarget | AwsTarget]:
    return {"home": DockerTarget()}


@dataclass(frozen=True, slots=True)
class ImageSource:
    """An image that the application is made of: where it is kept in every registry, and how it is built."""

    kind: Namespace
    name: str
    repository: str
    build: Build


class Manifest(Record):
    """An application: its name, what runs (at least one of database, services, models, sites), and where."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [key]} for key in ("database", *NAMESPACES)]})

    name: ApplicationName = Field(examples=["notes"])
    """The application's name. Its images, containers, database and host name begin with it."""
    platform: Platform = "linux/amd64"
    """The platform of the images, the same on every target."""
    database: Database | None = None
    """A Postgres database of its own."""
    services: dict[PartName, Service] = Field(default_factory=dict)
    """Containers that answer requests, and workers, by name."""
    models: dict[PartName, Service] = Field(default_factory=dict)
    """Machine-learning models behind an API, by name: services whose images are kept apart."""
    sites: dict[PartName, Site] = Field(default_factory=dict)
    """Client-side sites, by name."""
    targets: Annotated[dict[TargetName, Target], AfterValidator(lambda targets: targets or _home())] = Field(
        default_factory=_home
    )
    """Where it runs, by name. Without any there is one: `home`, this machine's Docker."""

    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """The folder that holds the file: the repository."""
        return self._folder

    def in_folder(self, folder: Path) -> Self:
        """The same manifest as the file of a folder."""
        manifest = self.model_copy()
        manifest._folder = folder
        return manifest

    def parts(self) -> Iterator[tuple[Section, str, Service | Site]]:
        """Everything that runs: its section, its name, itself."""
        yield from (("services", name, service) for name, service in self.services.items())
        yield from (("models", name, model) for name, model in self.models.items())
        yield from (("sites", name, site) for name, site in self.sites.items())

    def images(self) -> tuple[ImageSource, ...]:
        """One source for each service, model and site."""
        return tuple(
            ImageSource(NAMESPACES[section], name, f"{NAMESPACES[section]}/{self.name}-{name}", part.build)
            for section, name, part in self.parts()
        )

    def target(self, name: str) -> DockerTarget | AwsTarget:
        """The target of that name. Raises Refused with the targets there are."""
        if name not in self.targets:
            raise Refused(
                f"{self.name} has no target {shown(name)}{meant(name, self.targets)}.",
                next_step=f"Its targets are: {', '.join(self.targets)}.",
            )
        return self.targets[name]

    def only_target(self) -> str:
        """The name of the only target. Raises Refused when there are several."""
        if len(self.targets) > 1:
            raise Refused(
                f"{self.name} has {len(self.targets)} targets: {', '.join(self.targets)}.",
                next_step="Name the one that you mean.",
            )
        return next(iter(self.targets))

    def at(self, target: str) -> Self:
        """The manifest with what a target says otherwise merged in. Raises Refused without such a target."""
        there = self.target(target)
        return self.model_copy(
            update={
                "services": _merged(self.services, there.services),
                "models": _merged(self.models, there.models),
                "sites": _merged(self.sites, there.sites),
            }
        )


def _merged(parts: Mapping[str, _Part], overrides: Mapping[str, Override]) -> dict[str, _Part]:
    return {name: _with(part, overrides.get(name)) for name, part in parts.items()}


def _with(part: _Part, override: Override | None) -> _Part:
    if override is None:
        return part
    changes: dict[str, Any] = {key: getattr(override, key) for key in override.model_fields_set}
    changes["environment"] = part.environment | override.environment
    return part.model_copy(update=changes)
