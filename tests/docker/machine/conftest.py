"""Containers of the images that are built here, started as homeport starts them, and removed."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import docker
import pytest
from docker.models.containers import Container
from docker.models.networks import Network

from homeport.events import ignore
from homeport.machine.images import ServiceImages, ensure_images

HARDENED: dict[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "mem_limit": "512m",
}


@dataclass
class Bench:
    """An engine, a network and whatever a test started on it."""

    engine: docker.DockerClient
    network: Network
    started: list[Container] = field(default_factory=list)

    def start(self, image: str, *, name: str = "", **options: Any) -> Container:
        """A hardened container, known on the network by `name`."""
        container = self.engine.containers.create(image, network=self.network.name, **{**HARDENED, **options})
        self.started.append(container)
        if name:
            self.network.disconnect(container)
            self.network.connect(container, aliases=[name])
        container.start()
        return container

    def run(self, image: str, *command: str, **options: Any) -> tuple[int, str]:
        """The exit code and the output of a hardened container that ends."""
        container = self.start(image, command=list(command), **options)
        code = int(container.wait(timeout=60)["StatusCode"])
        return code, container.logs().decode()

    def remove(self) -> None:
        for container in self.started:
            container.remove(force=True, v=True)
        self.network.remove()


def until(answers: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not answers():
        assert time.monotonic() < deadline, "it did not come up"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def images() -> ServiceImages:
    return ensure_images(docker.APIClient(version="auto"), ignore, source="built")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    engine = docker.from_env()
    made = Bench(engine, engine.networks.create(f"homeport-images-{uuid.uuid4().hex[:8]}"))
    yield made
    made.remove()
