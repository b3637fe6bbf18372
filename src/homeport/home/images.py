"""Images on the server's engine under names of the base's registry. Only here are local images removed.

A name goes, and the engine removes what no other name and no container holds: an image that somebody else gave a
name of theirs stays, and so does one that another installation pushed under its own. What is removed here is still in
the registry, and is pulled again by whoever needs it.
"""

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from docker.errors import APIError, DockerException, ImageNotFound
from requests.exceptions import RequestException

from homeport.errors import EngineFailed
from homeport.home.home import Home

IN_USE = 409  # a container was made of it since it was looked at


@dataclass(frozen=True, slots=True)
class LocalImage:
    """An image with names in the base's registry: `repositories` maps each (`api/notes-api`) to its digest, `tags` are
    full names; `is_used` says whether a container is made of it, one that is stopped or somebody else's included.
    `size` is in bytes, with all its layers."""

    id: str
    repositories: dict[str, str]
    tags: tuple[str, ...]
    is_used: bool
    size: int

    @property
    def names(self) -> tuple[str, ...]:
        """Tags, then digests: what a person may call it."""
        return (*self.tags, *sorted(self.references()))

    @property
    def is_pushed(self) -> bool:
        return bool(self.repositories)

    def references(self) -> set[str]:
        """`api/notes-api@sha256:…` for each repository, as releases record them."""
        return {f"{repository}@{digest}" for repository, digest in self.repositories.items()}


def local_images(home: Home, prefix: str, *, application: str = "") -> list[LocalImage]:
    """What the engine has under names that begin with the registry `prefix` (`127.0.0.1:5000`), of all applications
    or of one."""
    labels = {"label": f"homeport.application={application}"} if application else {}
    try:
        with ThreadPoolExecutor(1) as pool:  # each is a way to the server and back
            containers = pool.submit(home.docker.containers, all=True)
            listed = home.docker.images(filters=labels)
            used = {container["ImageID"] for container in containers.result()}
    except (DockerException, RequestException) as error:
        raise EngineFailed(f"The engine of {home.called} does not list its images.", detail=str(error)) from error
    found = (_local(image, f"{prefix}/", used) for image in listed)
    return sorted((image for image in found if image.tags or image.is_pushed), key=lambda image: image.tags)


def layers_size(home: Home) -> int:
    """Bytes of all layers on the engine."""
    return int(home.docker.df()["LayersSize"])


def superfluous(images: Iterable[LocalImage], kept: Collection[str]) -> list[LocalImage]:
    """Those of which no container is made and which no reference in `kept` names. Pure."""
    return [image for image in images if not image.is_used and image.references().isdisjoint(kept)]


def remove_local(home: Home, prefix: str, images: Iterable[LocalImage]) -> int:
    """Take our names away from the images; returns from how many. One that a container was made of meanwhile stays."""
    return sum(_remove(home, prefix, image) for image in images)


def _local(image: dict[str, Any], prefix: str, used: Collection[str]) -> LocalImage:
    digests = (name.partition("@") for name in image["RepoDigests"] or () if name.startswith(prefix))
    repositories = {name.removeprefix(prefix): digest for name, _, digest in digests}
    tags = (name for name in image["RepoTags"] or () if name.startswith(prefix))
    return LocalImage(image["Id"], repositories, tuple(sorted(tags)), image["Id"] in used, int(image["Size"]))


def _remove(home: Home, prefix: str, image: LocalImage) -> bool:
    """Tags first: a digest goes with the last tag of its repository."""
    digests = [f"{prefix}/{reference}" for reference in sorted(image.references())]
    try:
        for name in (*image.tags, *digests):
            with suppress(ImageNotFound):
                home.docker.remove_image(name)
    except APIError as error:
        if error.status_code == IN_USE:
            return False
        raise EngineFailed(
            f"Image {name} could not be removed from the engine.", detail=str(error.explanation or error)
        ) from error
    except (DockerException, RequestException) as error:
        raise EngineFailed(f"Image {name} could not be removed from the engine.", detail=str(error)) from error
    return True
