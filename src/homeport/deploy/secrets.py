"""Many secrets at once (`homeport secret import`), and one that goes (`homeport secret remove`)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from homeport.deploy import dotenv
from homeport.deploy.application import MANIFEST, Application
from homeport.errors import NotSetUp, Refused
from homeport.manifest import Manifest
from homeport.releases import configuration
from homeport.store import Change
from homeport.targets import Target


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of each name. `left_out` are names that the manifest does not know, `missing` those that it knows and
    that have no value yet."""

    kept: Mapping[str, Change]
    left_out: tuple[str, ...]
    missing: tuple[str, ...]


def import_secrets(
    application: Application, target: Target, data: bytes, *, named: str, everything: bool = False
) -> Imported:
    """Set the secrets of an .env file: those that the manifest knows, or `everything`; all of them or none.

    Raises ManifestInvalid with the lines that are wrong, Refused for a file without any that is wanted.
    """
    known = known_secrets(application.manifest)
    entries = dotenv.read(data, named=named)
    values = dotenv.choose(entries, lambda name: everything or name in known, named=named)
    if not values:
        raise Refused(
            f"{named} holds no secret that {MANIFEST} knows ({', '.join(sorted(known)) or 'it knows none'}).",
            next_step="Name them in the manifest, or take everything: --all",
        )
    store = target.secrets
    kept = store.set_all(application.root, values)
    return Imported(
        kept=kept,
        left_out=tuple(sorted({entry.name for entry in entries} - values.keys())),
        missing=tuple(sorted(known - store.versions(application.root, known).keys())),
    )


def remove_secret(application: Application, target: Target, name: str) -> tuple[str, ...]:
    """Forget a value; returns what was last released with it, by name. Raises Refused for a secret that is not set."""
    target.secrets.remove(application.root, name)
    last = None
    with suppress(NotSetUp):  # then nothing was released, and a secret may have been set all the same
        last = target.last_release(application.name, application.target_name)
    parts = configuration.parts(last.configuration) if last else {}
    return tuple(sorted(part for part, given in parts.items() if name in given.get("secrets", ())))


def known_secrets(manifest: Manifest) -> set[str]:
    """The names of all secrets that the application uses, at run time or in a build."""
    services = (*manifest.services.values(), *manifest.models.values())
    used = {name for service in services for name in service.secrets}
    return used | {name for image in manifest.images() for name in image.build.secrets}
