"""From an application's sources to digests in the target's registry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from homeport.build import Builder, Built, Images, Source, generated
from homeport.deploy.application import Application
from homeport.events import Emit, Event
from homeport.home import disk, registry
from homeport.releases.images import MIGRATIONS, NO_DIGEST, migrations_repository
from homeport.releases.migrations import callbacks, migrations_dockerfile
from homeport.secret import Secret
from homeport.targets import HomeTarget

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class ApplicationImages:
    """The images of one application on one target. `secret` gives the value of one that a build names."""

    application: Application
    images: Images
    flyway: str
    secret: Callable[[str], Secret]

    @classmethod
    def of(
        cls, application: Application, target: HomeTarget, emit: Emit, stopped: threading.Event
    ) -> ApplicationImages:
        base, secrets = target.base, target.drivers.secrets
        builder = Builder(target.host.engine_socket(), emit=emit, stopped=stopped)
        prefix = registry.prefix(base.registry_port)
        room = partial(disk.require_room, target.home)
        images = Images(target.home.docker, builder, target.registry(), prefix, base.substitutes, emit, room)
        return cls(application, images, base.images["flyway"], lambda name: secrets.get(application.root, name))

    def ensure(self) -> dict[str, Built]:
        """Every image by name, built and pushed where the registry does not know it; two at once."""
        with self._sources() as sources, ThreadPoolExecutor(AT_ONCE) as pool:
            running = {name: pool.submit(self._ensure, source) for name, source in sources.items()}
            return {name: future.result() for name, future in running.items()}

    def look(self, emit: Emit) -> dict[str, str]:
        """Every image by name; one that would have to be built gets a digest that stands for it, and is said."""
        found: dict[str, str] = {}
        with self._sources() as sources:
            for name, source in sources.items():
                reference = self.images.look_image(source)
                if reference is None:
                    emit(Event("build", name, "to be built"))
                found[name] = str(reference) if reference else f"{source.repository}@{NO_DIGEST}"
        return found

    def _ensure(self, source: Source) -> Built:
        secrets = {name: self.secret(name) for name in source.secrets}
        return self.images.ensure_image(source, secrets=secrets, labels={"homeport.application": self.application.name})

    @contextmanager
    def _sources(self) -> Iterator[dict[str, Source]]:
        """What every image is built from, by the image's name; the migrations' is made for as long as it is needed."""
        manifest, folder = self.application.manifest, self.application.folder
        sources = {image.name: Source.of(image, folder, manifest.platform) for image in manifest.images()}
        if manifest.database is None or manifest.database.migrations is None:
            yield sources
            return
        repository = migrations_repository(self.application.name)
        sql = folder / manifest.database.migrations
        with migrations_source(repository, self.flyway, sql, platform=manifest.platform) as migrations:
            yield {MIGRATIONS: migrations, **sources}


def migrations_source(repository: str, flyway: str, sql: Path, *, platform: str) -> AbstractContextManager[Source]:
    """What an image of migrations is made from: Flyway, the files of a folder, and our callbacks."""
    files = {f"callbacks/{name}": text.encode() for name, text in callbacks().items()}
    files["Dockerfile"] = migrations_dockerfile(flyway).encode()
    return generated(repository, files, {"sql": sql}, platform=platform)
