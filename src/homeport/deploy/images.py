"""From an application's sources to digests in the target's registry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGTERM
from types import FrameType

from homeport.build import Builder, Images, Source
from homeport.deploy.application import Application
from homeport.events import Emit, Event
from homeport.home import registry
from homeport.oci import Reference
from homeport.releases.migrations import callbacks, migrations_dockerfile
from homeport.targets import HomeTarget
from homeport.terraform.process import handling

AT_ONCE = 2
MIGRATIONS = "migrations"
TO_BE_BUILT = "sha256:" + "0" * 64  # a digest no image has


@dataclass(frozen=True, slots=True)
class ApplicationImages:
    """The images of one application on one target."""

    application: Application
    images: Images
    flyway: str

    @classmethod
    def of(
        cls, application: Application, target: HomeTarget, emit: Emit, stopped: threading.Event
    ) -> ApplicationImages:
        base = target.base
        builder = Builder(target.host.docker_socket(), emit=emit, stopped=stopped)
        images = Images(
            target.home.docker,
            builder,
            target.registry(),
            registry.prefix(base.registry_port),
            base.substitutes,
            emit,
        )
        return cls(application, images, base.images["flyway"])

    def ensure(self) -> dict[str, str]:
        """Every image by name, built and pushed where the registry does not know it; two at once."""
        jobs = {name: self._job(name, look=False) for name in self._names()}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            running = {name: pool.submit(job) for name, job in jobs.items()}
            return {name: str(future.result()) for name, future in running.items()}

    def look(self, emit: Emit) -> dict[str, str]:
        """Every image by name; one that would have to be built gets a digest that stands for it, and is said."""
        found: dict[str, str] = {}
        for name in self._names():
            reference = self._job(name, look=True)()
            if reference is None:
                emit(Event("build", name, "to be built"))
            found[name] = str(reference) if reference else f"{self._repository(name)}@{TO_BE_BUILT}"
        return found

    def _names(self) -> list[str]:
        names = [source.name for source in self.application.manifest.images()]
        return [MIGRATIONS, *names] if self._migrations_folder() else names

    def _repository(self, name: str) -> str:
        if name == MIGRATIONS:
            return f"api/{self.application.name}-{MIGRATIONS}"
        return next(image.repository for image in self.application.manifest.images() if image.name == name)

    def _job(self, name: str, *, look: bool) -> Callable[[], Reference | None]:
        if name == MIGRATIONS:
            return lambda: self._migrations(look=look)
        manifest = self.application.manifest
        image = next(image for image in manifest.images() if image.name == name)
        source = Source.of(image, self.application.folder, manifest.platform)
        if look:
            return lambda: self.images.look_image(source)
        return lambda: self.images.ensure_image(source).reference

    def _migrations(self, *, look: bool) -> Reference | None:
        folder = self._migrations_folder()
        assert folder is not None
        files = {f"callbacks/{name}": text.encode() for name, text in callbacks().items()}
        files["Dockerfile"] = migrations_dockerfile(self.flyway).encode()
        arguments = (self._repository(MIGRATIONS), files, {"sql": folder})
        platform = self.application.manifest.platform
        if look:
            return self.images.look_generated(*arguments, platform=platform)
        return self.images.ensure_generated(*arguments, platform=platform).reference

    def _migrations_folder(self) -> Path | None:
        database = self.application.manifest.database
        return self.application.folder / database.migrations if database and database.migrations else None


@contextmanager
def stoppable(emit: Emit) -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets: what is being built ends, and nothing was changed."""
    stopped = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if not stopped.is_set():
            emit(Event("stop", "", "stopping; nothing was changed yet"))
        stopped.set()

    with handling((SIGINT, SIGTERM), handle):
        yield stopped
