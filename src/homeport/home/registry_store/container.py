"""The container in which a registry's two volumes are worked on: one of its own, for as long as that takes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from docker.errors import APIError, NotFound

from homeport.errors import EngineFailed, NotSetUp
from homeport.home import volume as docker_volumes
from homeport.home.home import Home
from homeport.home.registry_store import layout
from homeport.home.registry_store.volumes import CONFIG, Volumes

VOLUMES: Mapping[str, str] = {"registry": layout.PRIMARY, "registry-backup": layout.BACKUP}
SERVICE = "registry-volumes"
LIFE = 86400  # seconds after which a container ends that a killed run left
MEMORY = 512 * 1024 * 1024


@contextmanager
def open_volumes(home: Home, image: str, *, reading: bool = False) -> Iterator[Volumes]:
    """Both volumes, for as long as the context lasts; `image` is the registry's.

    Hold the lock `registry`, unless it is for `reading`: what a killed run left is removed. Raises NotSetUp when a
    volume is not there: the engine would make an empty one.
    """
    for name in VOLUMES:
        if docker_volumes.look(home, name) is None:
            raise NotSetUp(
                f"Volume {docker_volumes.name_of(home, name)} is not on {home.called}.",
                next_step="Have it made by: homeport setup",
            )
    name = f"{home.instance}-{SERVICE}" + (f"-{secrets.token_hex(4)}" if reading else "")
    for left in (name, *_forgotten(home, name)):  # what still ran in it ends here
        _remove(home, left)
    try:
        _start(home, name, image)
        yield Volumes(home, name)
    finally:
        _remove(home, name)


def _start(home: Home, name: str, image: str) -> None:
    """As root, because the owner's folder for the second volume may be closed to the registry's user."""
    docker = home.docker
    binds = [f"{docker_volumes.name_of(home, volume)}:{path}" for volume, path in VOLUMES.items()]
    limits = docker.create_host_config(
        binds=[*binds, f"{home.path('registry')}:{CONFIG}:ro"],
        network_mode="none",
        read_only=True,
        auto_remove=True,
        cap_drop=["ALL"],
        cap_add=["CHOWN", "DAC_OVERRIDE", "FOWNER"],
        security_opt=["no-new-privileges"],
        mem_limit=MEMORY,
    )
    try:
        docker.create_container(
            image,
            name=name,
            entrypoint=["sleep", str(LIFE)],
            command=[],
            user="0:0",
            labels=home.labels(service=SERVICE),
            host_config=limits,
        )
        docker.start(name)
    except APIError as error:
        raise EngineFailed(
            "The registry's volumes could not be opened.",
            detail=str(error.explanation or error),
            next_step="If the second volume is on another disk, see that it is mounted; then run: homeport setup",
        ) from error


def _forgotten(home: Home, name: str) -> list[str]:
    """Containers for reading whose run was killed a day ago."""
    labels = {
        "label": [f"homeport.{key}={value}" for key, value in (("instance", home.instance), ("service", SERVICE))]
    }
    old = time.time() - LIFE
    listed = home.docker.containers(all=True, filters=labels)
    return [one["Id"] for one in listed if one["Created"] < old and f"/{name}" not in one["Names"]]


def _remove(home: Home, name: str) -> None:
    try:
        home.docker.remove_container(name, force=True, v=False)
    except NotFound:
        return  # there was none, or it ended by itself
    except APIError as error:
        if error.status_code != 409:  # its removal is under way
            raise
