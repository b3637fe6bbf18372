"""What we ask of an engine about images: is it there, pull it, push it."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from threading import Event as Flag
from time import monotonic
from typing import Any

from docker import APIClient
from docker.errors import APIError, DockerException, ImageNotFound
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from homeport import transfer
from homeport.build.dockerfile import familiar
from homeport.errors import BuildFailed, EngineFailed, Interrupted
from homeport.events import Emit, Event
from homeport.oci import Registry
from homeport.room import Room

_BROKEN = (APIError, RequestException, HTTPError)  # the last: a stream that was cut
_SPEAK_SECONDS = 1.0  # between two lines of progress


@dataclass(frozen=True, slots=True)
class Engine:
    """A server's engine. `stopped` ends a pull or a push that runs; `room` is asked before a pull or a build."""

    client: APIClient
    emit: Emit
    stopped: Flag
    room: Room

    def identity(self, image: str) -> str | None:
        """What an image on the engine is: the digest it was pulled by, else its id; None without it.

        The digest comes first because it can also be asked of a registry, before the image is pulled.
        """
        try:
            found = self.client.inspect_image(image)  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return None
        except (DockerException, RequestException) as error:
            raise EngineFailed(f"The engine cannot say whether it has {image}.", detail=str(error)) from error
        return _pulled_digest(image, found.get("RepoDigests") or ()) or str(found["Id"])

    def size(self, repository: str) -> int:
        """The bytes of the largest image of that name: what another build of it may take. 0 without one."""
        return max((int(image["Size"]) for image in self.client.images(name=repository)), default=0)

    def identity_elsewhere(self, image: str) -> str | None:
        """The digest by which a pull would get an image; None when the engine cannot reach its registry."""
        try:
            found = self.client.inspect_distribution(image)  # type: ignore[no-untyped-call]
        except (DockerException, RequestException):
            # Only a plan asks this. It then says what it knows; `up` pulls, and names the failure.
            return None
        return str(found["Descriptor"]["digest"])

    def pull(self, image: str, platform: str | None) -> None:
        """Raises EngineFailed with the engine's own words, and Refused when the server's disk has no room for it."""
        self.room(f"Pulling {image}", 0)
        self.emit(Event("image", image, "pulling", "start"))
        name, tag = _name_and_tag(image)
        try:
            self._follow(image, self.client.pull(name, tag=tag, stream=True, decode=True, platform=platform))
        except _BROKEN as error:
            raise EngineFailed(str(error)) from error
        self.emit(Event("image", image, "pulled", "done"))

    def push(self, name: str, tag: str, registry: Registry) -> str:
        """Push, and return the digest that the engine saw. Raises BuildFailed."""
        login = {"username": registry.user, "password": registry.password.reveal()}
        try:
            answers = self.client.push(name, tag=tag, stream=True, decode=True, auth_config=login)
            return self._follow(name, answers)
        except (*_BROKEN, EngineFailed) as error:
            raise BuildFailed(
                f"{name} was built and could not be pushed.",
                detail=str(error),
                next_step="What was sent is kept: run the same command again, and only the rest is sent.",
            ) from error

    def _follow(self, subject: str, answers: Iterable[Mapping[str, Any]]) -> str:
        """Read an engine's stream to its end."""
        digest, progress = "", _Progress(subject, self.emit)
        with closing(_closable(answers)) as stream:  # closing it ends the transfer on the engine
            for answer in transfer.steps(stream):
                if self.stopped.is_set():
                    raise Interrupted(f"Stopped while {subject} was sent; nothing was changed.")
                digest = (answer.get("aux") or {}).get("Digest", digest)
                progress.take(answer)
        return str(digest)


class _Progress:
    """Megabytes over all layers, said once a second."""

    def __init__(self, subject: str, emit: Emit) -> None:
        self._subject, self._emit = subject, emit
        self._layers: dict[str, tuple[int, int]] = {}
        self._spoke = monotonic()

    def take(self, answer: Mapping[str, Any]) -> None:
        if str(answer.get("status", "")).startswith(transfer.RETRYING):
            self._emit(Event("image", self._subject, "the registry does not answer; the engine tries again", "warning"))
        detail = answer.get("progressDetail") or {}
        if "total" in detail:
            self._layers[str(answer.get("id"))] = (int(detail.get("current", 0)), int(detail["total"]))
        if self._layers and monotonic() - self._spoke >= _SPEAK_SECONDS:
            self._spoke = monotonic()
            done, total = (sum(column) / 1e6 for column in zip(*self._layers.values(), strict=True))
            self._emit(Event("image", self._subject, f"{min(done, total):.0f} of {total:.0f} MB"))


def _closable(answers: Iterable[Mapping[str, Any]]) -> Generator[Mapping[str, Any], None, None]:
    yield from answers


def _pulled_digest(image: str, digests: Iterable[str]) -> str | None:
    wanted, _ = _name_and_tag(image)
    pairs = (digest.partition("@") for digest in digests)
    return next((digest for name, _, digest in pairs if name == wanted), None)


def _name_and_tag(image: str) -> tuple[str, str]:
    """As the pull takes them: the tag, or the digest, apart from the name."""
    name, _, digest = familiar(image).partition("@")
    if digest:
        return name, digest
    name, _, tag = name.rpartition(":")
    return name, tag
