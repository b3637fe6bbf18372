"""A registry on this machine's engine for as long as a block of code runs: nothing that was pushed to it stays."""

from __future__ import annotations

import io
import secrets
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import docker
from docker.errors import APIError

from homeport.aws.emulator.engine import forget_images
from homeport.errors import EngineFailed, RegistryFailed
from homeport.home import registry as settings
from homeport.host import Endpoint
from homeport.oci import Registry
from homeport.secret import Secret

USER = "homeport"
PORT = "5000/tcp"
READY_WITHIN = timedelta(seconds=60)
POLL = 0.1  # seconds


@contextmanager
def passing_registry(client: docker.APIClient, image: str, labels: Mapping[str, str]) -> Iterator[Registry]:
    """A registry with homeport's own settings on a free port of the loopback; its container carries `labels`.

    Raises EngineFailed, or RegistryFailed when it does not answer in time.
    """
    password = Secret(secrets.token_urlsafe(24))
    container = ""
    try:
        with _told():
            container = _create(client, image, labels)
            client.put_archive(container, "/", _files(password))
            client.start(container)
            port = int(client.port(container, 5000)[0]["HostPort"])
        registry = Registry(Endpoint("127.0.0.1", port), USER, password)
        _wait_for(registry)
        try:
            yield registry
        finally:
            forget_images(client, f"{registry.name}/")
    finally:
        if container:
            client.remove_container(container, v=True, force=True)


def _create(client: docker.APIClient, image: str, labels: Mapping[str, str]) -> str:
    made = client.create_container(
        image,
        command=["serve", settings.CONFIG],
        name=f"homeport-passing-registry-{secrets.token_hex(4)}",
        environment=dict(settings.ENVIRONMENT),
        labels=dict(labels),
        host_config=client.create_host_config(
            port_bindings={PORT: ("127.0.0.1", None)}, security_opt=["no-new-privileges"]
        ),
    )
    return str(made["Id"])


def _files(password: Secret) -> bytes:
    """Its settings and its password file, readable for all, as a tar file."""
    texts = {settings.CONFIG: settings.config(), settings.HTPASSWD: settings.htpasswd({USER: password})}
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, text in texts.items():
            info = tarfile.TarInfo(name.lstrip("/"))
            info.size, info.mode = len(text.encode()), 0o644
            tar.addfile(info, io.BytesIO(text.encode()))
    return whole.getvalue()


def _wait_for(registry: Registry) -> None:
    """Until it answers; its last refusal is raised when it does not in time."""
    until = time.monotonic() + READY_WITHIN.total_seconds()
    while True:
        try:
            registry.repositories()
        except RegistryFailed:
            if time.monotonic() > until:
                raise
            time.sleep(POLL)
        else:
            return


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except APIError as error:
        raise EngineFailed("The engine started no registry.", detail=str(error.explanation or error)) from error
