"""A real registry beside the real engine, for this run alone."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import docker
import pytest

from homeport.build import Builder, Images, Source
from homeport.events import Event
from homeport.oci import Registry
from tests.support.images import base_image
from tests.support.registry import running_registry

SOCKET = Path("/var/run/docker.sock")


@pytest.fixture(scope="session")
def client() -> Iterator[docker.APIClient]:
    client = docker.APIClient(base_url=f"unix://{SOCKET}", version="auto", timeout=120)
    yield client
    client.close()


@pytest.fixture(scope="session")
def registry(client: docker.APIClient) -> Iterator[Registry]:
    """A registry with our configuration; what was pushed to it leaves the engine again at the end."""
    with running_registry(client) as found:
        yield found


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def images(client: docker.APIClient, registry: Registry, events: list[Event]) -> Images:
    builder = Builder(SOCKET, emit=events.append, stopped=threading.Event())
    return Images(
        client, builder, registry, registry.name, {"python:3.13-slim": base_image("python:3.13-slim")}, events.append
    )


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Source]:
    """Makes a source with files of the given texts; its repository is its own, and so is its content."""
    repository = f"api/test-{uuid4().hex[:8]}"

    def make(dockerfile: str, **files: str) -> Source:
        context = tmp_path / "api"
        context.mkdir(exist_ok=True)
        for name, text in {"Dockerfile": dockerfile, "own": repository, **files}.items():
            (context / name).write_text(text)
        return Source(repository, context, context / "Dockerfile", "api/Dockerfile")

    return make
