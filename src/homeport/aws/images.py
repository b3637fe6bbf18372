"""Images enter ECR by digest, so that what was tested at home is what runs on AWS."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from homeport.aws.registry import open_registry
from homeport.aws.session import Session
from homeport.errors import CloudFailed, RegistryFailed
from homeport.events import Emit, Event
from homeport.oci import Copied, Copy, Reference, Registry
from homeport.oci.platform import platforms

STEP = "image"
LOGIN_LASTS = 6 * 3600  # seconds; AWS says twelve hours
TAG_LENGTH = 12  # hexadecimal digits of the digest
NEXT_STEP = (
    "Release it from the target that has it: homeport promote FROM TO\n"
    "Or build it anew and release that: homeport up TARGET"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image that ECR is to hold.

    `repository` is its name in ECR (`api/notes-api/production`), `origin` the one in the source (`api/notes-api`),
    `platform` what it must be able to run on (`linux/amd64`).
    """

    repository: str
    origin: str
    digest: str
    platform: str

    @property
    def here(self) -> Reference:
        return Reference(self.repository, self.digest)

    @property
    def there(self) -> Reference:
        return Reference(self.origin, self.digest)


@dataclass
class Images:
    """The images of the account's registry. `source` is the registry that they come from, where there is one.

    May be used by several threads at once.
    """

    session: Session
    source: Registry | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: tuple[float, Registry] | None = None
    _copying: dict[Reference, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    _holds: dict[str, str] = field(default_factory=dict)  # a layer's digest to a repository that is known to hold it

    @property
    def registry(self) -> Registry:
        """ECR, logged in."""
        with self._lock:
            if self._opened is None or monotonic() - self._opened[0] > LOGIN_LASTS:
                self._opened = (monotonic(), open_registry(self.session))
            return self._opened[1]

    def look(self, wanted: Wanted) -> bool:
        """Whether ECR holds it."""
        return self.registry.digest(wanted.repository, wanted.digest) is not None

    def reference(self, wanted: Wanted) -> str:
        """The name by which it is pulled: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api/notes-api@sha256:…`."""
        return wanted.here.at(self.session.registry_host)

    def ensure(self, wanted: Wanted, *, stopped: Callable[[], bool], emit: Emit) -> str:
        """Copy it to ECR unless it is there; returns its reference.

        The source is asked only for what ECR does not have. The image's platform is compared before anything is sent.
        Raises CloudFailed when neither has it or it is for another platform, RegistryFailed when either registry
        refuses or the copy is not what was copied, Interrupted when stopped.
        """
        with self._alone(wanted.here):
            if self.look(wanted):
                check_platform(self.registry, wanted.here, wanted.platform)
                said = "in ECR already"
            else:
                emit(Event(STEP, wanted.origin, "is copied to ECR", "start"))
                said = str(self._copy(wanted, stopped))
            self._name(wanted)
        emit(Event(STEP, wanted.origin, said, "done"))
        return self.reference(wanted)

    def _alone(self, reference: Reference) -> threading.Lock:
        """Held while an image is copied: services that run the same one ask for it at the same time."""
        with self._lock:
            return self._copying[reference]

    def _copy(self, wanted: Wanted, stopped: Callable[[], bool]) -> Copied:
        source = self._source_with(wanted)
        check_platform(source, wanted.there, wanted.platform)
        copy = Copy(source, self.registry, stopped)
        copied = copy.image(wanted.there, to=wanted.repository, mounts=self._holds)
        self._remember(wanted)
        return copied

    def _source_with(self, wanted: Wanted) -> Registry:
        """The source, when it has the image. Raises CloudFailed otherwise."""
        if self.source is None:
            raise CloudFailed(
                f"Image {wanted.there} is not in ECR, and no target was named to copy it from.", next_step=NEXT_STEP
            )
        if self.source.digest(wanted.origin, wanted.digest) is None:
            raise CloudFailed(
                f"Image {wanted.there} is neither in ECR nor in the registry at {self.source.name}.",
                next_step=NEXT_STEP,
            )
        return self.source

    def _remember(self, wanted: Wanted) -> None:
        """What another repository needs of these layers is not sent a second time."""
        for digest in platforms(self.registry, wanted.here).values():
            for blob, _ in self.registry.manifest(wanted.repository, digest).blobs():
                self._holds.setdefault(blob, wanted.repository)

    def _name(self, wanted: Wanted) -> None:
        """Tag it: ECR may be told to remove what has no tag. A tag cannot change, and one that is there is right."""
        tag = wanted.digest.partition(":")[2][:TAG_LENGTH]
        if self.registry.digest(wanted.repository, tag) is not None:
            return
        try:
            self.registry.tag(wanted.repository, wanted.digest, tag)
        except RegistryFailed:
            if self.registry.digest(wanted.repository, tag) is None:  # otherwise somebody was faster
                raise


def check_platform(registry: Registry, reference: Reference, platform: str) -> str:
    """The digest of the image for the platform. Raises CloudFailed when there is none."""
    found = platforms(registry, reference)
    if platform not in found:
        there = ", ".join(sorted(found))
        raise CloudFailed(
            f"Image {reference} is for {there}, and what is deployed runs on {platform}.",
            next_step=f"Build it for {platform}, or name its own platform in homeport.yaml: platform: {there}",
        )
    return found[platform]
