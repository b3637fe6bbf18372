"""A database of an application alone, for working on it on this machine: `homeport dev`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from homeport.build import Builder, Order, Source, files_hash
from homeport.deploy.application import MANIFEST
from homeport.deploy.dev_place import TARGET, Place
from homeport.deploy.images import migrations_source
from homeport.deploy.postgres_major import check_application
from homeport.deploy.stoppable import stoppable
from homeport.errors import HistoryDiffers, Locked, Refused
from homeport.events import Emit
from homeport.home import disposable
from homeport.home.migration import Migrated
from homeport.host import connect
from homeport.machine import ServiceImages, ensure_images
from homeport.manifest import Database, Manifest, load
from homeport.releases.images import MIGRATIONS
from homeport.releases.migrations import read_folder

READY_WITHIN = timedelta(seconds=60)
LOCK_WAIT = timedelta(seconds=120)
LOOPBACK = "127.0.0.1"
SOURCES: dict[str, Literal["official", "built"]] = {"official": "official", "built": "built"}  # of images, as kept

Confirm = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class DevDatabase:
    """A database that is ready: `variables` are what a service of a release gets, for this machine.

    `version` is the schema's, empty without migrations; `applied` are the files that ran now.
    """

    name: str
    container: str
    port: int
    version: str
    applied: tuple[str, ...]
    variables: dict[str, str]


@dataclass(frozen=True)
class Dev:
    """The dev database of one application. `database` is the manifest's."""

    manifest: Manifest
    database: Database
    place: Place
    emit: Emit

    @classmethod
    @contextmanager
    def open(cls, folder: Path, *, holder: str, emit: Emit) -> Iterator[Dev]:
        """Hold the dev database of the application in `folder`; who comes meanwhile waits.

        Raises ManifestInvalid, HostUnreachable without an engine, Refused for an application without a database.
        """
        manifest = load(folder / MANIFEST)
        if manifest.database is None:
            raise Refused(
                f"{manifest.name} has no database in {MANIFEST}.",
                next_step="Give it one: database: {migrations: db/migrations}",
            )
        place = Place.of(manifest, folder, connect("local"), holder)
        with _alone(place, manifest.name, holder):
            yield cls(manifest, manifest.database, place, emit)

    @property
    def name(self) -> str:
        """As a release on a target of that name would call it."""
        return f"{self.manifest.name}_{TARGET}"

    def up(self, *, anew: bool = False) -> DevDatabase:
        """Make what is missing, and migrate what is new; `anew` drops all data first.

        Raises MigrationFailed with the next step for what Flyway refuses; the database then stays as it was.
        """
        self._check_migrations()
        images = self._images()
        port = self._ensure_postgres(images.postgres)
        if anew:
            self.place.drivers.drop_database(self.name, self.manifest.name, TARGET)
        extensions = tuple(self.database.extensions)
        self.place.drivers.ensure_database(self.name, self.manifest.name, TARGET, extensions)
        migrated = self._migrate(images.flyway)
        return DevDatabase(
            name=self.name,
            container=self.place.container,
            port=port,
            version=(migrated.version if migrated else "") or "",
            applied=migrated.applied if migrated else (),
            variables=self.place.drivers.connection(self.name, LOOPBACK, port),
        )

    def stop(self) -> bool:
        """Stop it; its data stays. False when it did not run."""
        containers = self.place.drivers.containers
        runs = containers.finder.inspect(self.place.container) is not None
        containers.remover.remove(self.place.container)
        return runs

    def remove(self) -> None:
        """Everything of it, its data included."""
        self.stop()
        home = self.place.home
        disposable.remove_images(home, disposable.image_names(home, self._repository))
        disposable.remove_networks_and_volumes(home)
        for name in ("secrets", "port", "images"):
            home.host.files.remove(home.path(name))

    # -------------------------------------------------------------- Postgres

    def _images(self) -> ServiceImages:
        """From where they come is decided once: to ask the public registry takes seconds where it is not reached."""
        images = ensure_images(self.place.home.docker, self.emit, source=SOURCES.get(self.place.recall("images")))
        self.place.remember("images", images.source)
        check_application(self.place.home.docker, images.postgres, self.manifest.name, self.database.postgres)
        return images

    def _ensure_postgres(self, image: str) -> int:
        place, containers = self.place, self.place.drivers.containers
        place.ensure_network()
        place.ensure_volume()
        port = place.port(self.emit)
        spec = place.postgres(image, port)
        found = containers.look(place.container, spec)
        if found is None or found.changed or not place.publishes(port):
            with stoppable(self.emit) as stopped:
                containers.create(spec, stopped=stopped.is_set, emit=self.emit)
        place.drivers.postgres.wait_until_ready(READY_WITHIN)
        return port

    # ------------------------------------------------------------ migrations

    def _check_migrations(self) -> None:
        """Names that Flyway would not understand are said with their place, before anything is begun."""
        if named := self.database.migrations:
            read_folder(self.manifest.folder / named, named=named)

    def _migrate(self, flyway: str) -> Migrated | None:
        if self.database.migrations is None:
            return None
        told = "a migration that is open is rolled back"
        # For this machine's own processor, whatever the targets have.
        here, sql = disposable.platform(self.place.home), self.manifest.folder / self.database.migrations
        with (
            stoppable(self.emit, told) as stopped,
            migrations_source(self._repository, flyway, sql, platform=here) as source,
        ):
            image = self._image(source, stopped)
            try:
                return self.place.drivers.migrate(
                    self.name,
                    self.manifest.name,
                    TARGET,
                    image,
                    self.database.placeholders,
                    stopped=stopped.is_set,
                    emit=self.emit,
                )
            except HistoryDiffers as error:
                error.next_step = (
                    "Put it back as it was and write the change as a new migration. Or, where it was released nowhere, "
                    "make this database anew, without its data: homeport dev --reset"
                )
                raise

    def _image(self, source: Source, stopped: threading.Event) -> str:
        """The image of these very files; the ones of earlier files go."""
        image = f"{source.repository}:{files_hash(source)[:32]}"
        earlier = disposable.image_names(self.place.home, source.repository) - {image}
        if self.place.drivers.containers.finder.image(image) is None:
            builder = Builder(self.place.home.host.engine_socket(), emit=self.emit, stopped=stopped)
            builder.build(Order(source, source.text(), image, self.place.home.labels()))
        disposable.remove_images(self.place.home, earlier)
        return image

    @property
    def _repository(self) -> str:
        """On this engine only: no registry has it."""
        return f"{self.place.home.instance}/{MIGRATIONS}"


@contextmanager
def _alone(place: Place, application: str, holder: str) -> Iterator[None]:
    try:
        with place.home.lock("dev", holder, wait=LOCK_WAIT):
            yield
    except Locked as error:
        raise Locked(
            f"The dev database of {application} is being changed by {error.holder}.",
            holder=error.holder,
            next_step="Wait until that has ended, then run the same command again.",
        ) from error
