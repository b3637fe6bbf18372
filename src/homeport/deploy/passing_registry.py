"""A registry on this machine's engine for as long as a block of code runs: nothing that was pushed to it stays."""

from __future__ import annotations

import io
import secrets
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import docker
from docker.errors import APIError

from homeport.aws.emulator.engine import forget_images
from homeport.deploy.patience import until_it_answers
from homeport.errors import EngineFailed
from homeport.home import registry as settings
from homeport.host import Endpoint
from homeport.oci import Registry
from homeport.secret import Secret

USER = "homeport"
PORT = "5000/tcp"


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
        until_it_answers(registry.repositories)
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
    texts = {settings.CONFIG: settings.config(password), settings.HTPASSWD: settings.htpasswd({USER: password})}
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, text in texts.items():
            info = tarfile.TarInfo(name.lstrip("/"))
            info.size, info.mode = len(text.encode()), 0o644
            tar.addfile(info, io.BytesIO(text.encode()))
    return whole.getvalue()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except APIError as error:
        raise EngineFailed("The engine started no registry.", detail=str(error.explanation or error)) from error
