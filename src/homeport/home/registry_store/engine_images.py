"""The installation's images on the server's engine: those whose names lead to its registry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from docker.errors import APIError, ImageNotFound

from homeport.home.drivers import NAMESPACES
from homeport.home.home import Home
from homeport.home.registry import prefix


@dataclass(frozen=True, slots=True)
class EngineImage:
    """An image on the engine: its names that are of this installation (tags and digests), and its size with all its
    layers, in bytes."""

    id: str
    names: tuple[str, ...]
    size: int


def engine_images(home: Home, port: int) -> list[EngineImage]:
    """Those with a name of the registry at `port`. Nothing else on the engine is this installation's."""
    ours = tuple(f"{prefix(port)}/{namespace}" for namespace in NAMESPACES)
    found = []
    for image in home.docker.images():
        names = [*(image["RepoTags"] or ()), *(image["RepoDigests"] or ())]
        if mine := tuple(sorted(name for name in names if name.startswith(ours))):
            found.append(EngineImage(image["Id"], mine, image["Size"]))
    return sorted(found, key=lambda image: image.names)


def images_in_containers(home: Home) -> set[str]:
    """The ids of the images of all containers on the engine, whosesoever."""
    return {container["ImageID"] for container in home.docker.containers(all=True)}


def containers_by_name(home: Home) -> dict[str, str]:
    """The containers of the installation, stopped ones too, and the image that each was made from."""
    listed = home.docker.containers(all=True, filters={"label": f"homeport.instance={home.instance}"})
    inspected = (home.docker.inspect_container(one["Id"]) for one in listed)
    return {one["Name"].lstrip("/"): one["Config"]["Image"] for one in inspected}


def unused(images: Collection[EngineImage], in_containers: Collection[str], kept: Collection[str]) -> list[EngineImage]:
    """Those that no container has and no kept name (`127.0.0.1:5000/api/notes-api@sha256:…`) leads to."""
    return [image for image in images if image.id not in in_containers and not set(kept) & set(image.names)]


def remove(home: Home, image: EngineImage) -> bool:
    """Take the installation's names off an image; with its last name it goes. False when a container has it now."""
    for name in image.names:
        try:
            home.docker.remove_image(name)
        except ImageNotFound:
            continue  # a digest goes with the last tag of its repository
        except APIError as error:
            if error.status_code != 409:
                raise
            return False
    return True


def layers_size(home: Home) -> int:
    """Bytes of all layers on the engine."""
    return int(home.docker.df()["LayersSize"])
