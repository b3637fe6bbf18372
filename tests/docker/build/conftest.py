"""A real registry beside the real engine, for this run alone."""

import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import docker
import pytest

from homeport.build import Builder, Images, Source
from homeport.errors import RegistryFailed
from homeport.events import Event
from homeport.home import registry as home_registry
from homeport.host import Endpoint
from homeport.oci import Registry
from homeport.secret import Secret
from tests.support.images import base_image, service_images

SOCKET = Path("/var/run/docker.sock")
USER, PASSWORD = "homeport", Secret("open sesame")


@pytest.fixture(scope="session")
def client() -> Iterator[docker.APIClient]:
    client = docker.APIClient(base_url=f"unix://{SOCKET}", version="auto", timeout=120)
    yield client
    client.close()


@pytest.fixture(scope="session")
def registry(client: docker.APIClient) -> Iterator[Registry]:
    """A registry with our configuration; what was pushed to it leaves the engine again at the end."""
    container = start_registry(client)
    try:
        published = client.port(container, 5000)[0]
        endpoint = Endpoint(published["HostIp"], int(published["HostPort"]))
        found = Registry(endpoint, USER, PASSWORD)
        wait_for(found)
        yield found
        forget_images(client, found.name)
    finally:
        client.remove_container(container, v=True, force=True)


def start_registry(client: docker.APIClient) -> str:
    container = client.create_container(
        service_images().registry,
        command=["serve", home_registry.CONFIG],
        name=f"hptest-build-registry-{uuid4().hex[:8]}",
        environment=dict(home_registry.ENVIRONMENT),
        host_config=client.create_host_config(port_bindings={"5000/tcp": ("127.0.0.1", None)}),
    )["Id"]
    files = {
        home_registry.CONFIG: home_registry.config(),
        home_registry.HTPASSWD: home_registry.htpasswd({USER: PASSWORD}),
    }
    client.put_archive(container, "/", archive(files))
    client.start(container)
    return str(container)


def archive(files: dict[str, str]) -> bytes:
    """The files, readable for all, as a tar file."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name.lstrip("/"))
            info.size, info.mode = len(text.encode()), 0o644
            tar.addfile(info, io.BytesIO(text.encode()))
    return whole.getvalue()


def wait_for(registry: Registry) -> None:
    until = monotonic() + 30
    while True:
        try:
            registry.repositories()
        except RegistryFailed:
            if monotonic() > until:
                raise
            sleep(0.1)
        else:
            return


def forget_images(client: docker.APIClient, prefix: str) -> None:
    for image in client.images():
        for name in image.get("RepoTags") or ():
            if name.startswith(f"{prefix}/"):
                client.remove_image(name, force=True)


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
