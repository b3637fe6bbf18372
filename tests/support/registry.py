"""A real registry with our configuration, for a run of the tests alone."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from uuid import uuid4

import docker
from docker.errors import ImageNotFound

from homeport.errors import RegistryFailed
from homeport.home import registry as home_registry
from homeport.host import Endpoint
from homeport.oci import Registry
from homeport.secret import Secret
from tests.support.images import service_images

USER, PASSWORD = "homeport", Secret("open sesame")


@contextmanager
def running_registry(client: docker.APIClient) -> Iterator[Registry]:
    """What was pushed to it leaves the engine again at the end."""
    container = start_registry(client)
    try:
        published = client.port(container, 5000)[0]
        found = Registry(Endpoint(published["HostIp"], int(published["HostPort"])), USER, PASSWORD)
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
    """By name, tags first: a digest goes with the last tag of its repository."""
    for names in ("RepoTags", "RepoDigests"):
        for name in [name for image in client.images() for name in image.get(names) or ()]:
            if name.startswith(f"{prefix}/"):
                with suppress(ImageNotFound):
                    client.remove_image(name, force=True)
