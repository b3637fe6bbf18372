"""From a source to a digest in the target's registry: built only when the registry does not know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from docker import APIClient

from homeport.build.bases import Bases
from homeport.build.builder import Builder
from homeport.build.engine import Engine
from homeport.build.order import Order
from homeport.build.source import Source, files_hash, source_hash
from homeport.errors import BuildFailed
from homeport.events import Emit, Event, ignore
from homeport.oci import Reference, Registry
from homeport.room import Room, unlimited
from homeport.secret import Secret

_TAG_DIGITS = 32
_NO_LABELS: Mapping[str, str] = {}
_NO_SECRETS: Mapping[str, Secret] = {}


@dataclass(frozen=True, slots=True)
class Built:
    """An image that is in the registry; `built` says whether it had to be built now."""

    reference: Reference
    built: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Tags:
    """The two names of a source in its repository.

    `exact` holds the base images too. `files` does not: it is how the image is found again when a base image
    has gone from the engine and cannot be pulled.
    """

    exact: str | None
    files: str


@dataclass(frozen=True, slots=True)
class Images:
    """The images of one server: its engine builds them, its registry keeps them.

    `prefix` is the registry as the server's own engine names it (`127.0.0.1:5000`); `room` is asked before a pull or
    a build. May be used by several threads at once; two builds of one source are wasteful and harmless.
    """

    client: APIClient
    builder: Builder
    registry: Registry
    prefix: str
    substitutes: Mapping[str, str] = field(default_factory=dict)
    emit: Emit = ignore
    room: Room = unlimited

    def look_image(self, source: Source) -> Reference | None:
        """The image of a source, if it was built before. Builds and pulls nothing."""
        bases = self._bases.known(source)
        return self._find(source, _tags(source, bases))

    def ensure_image(
        self,
        source: Source,
        *,
        secrets: Mapping[str, Secret] = _NO_SECRETS,
        labels: Mapping[str, str] = _NO_LABELS,
    ) -> Built:
        """The image of a source, built and pushed if the registry does not know it.

        Raises Refused without room on the server's disk, BuildFailed, RegistryFailed, EngineFailed, or Interrupted when
        the builder was stopped.
        """
        started = monotonic()
        tags, known = self._known(source)
        if known is not None:
            self.emit(Event("build", source.subject, "unchanged: not built", "done"))
            return Built(known, False, monotonic() - started)
        reference = self._build(source, tags, secrets, labels)
        seconds = monotonic() - started
        self.emit(Event("build", source.subject, f"built and pushed in {seconds:.1f} s", "done"))
        return Built(reference, True, seconds)

    @property
    def _bases(self) -> Bases:
        return Bases(self._engine, self.substitutes)

    @property
    def _engine(self) -> Engine:
        return Engine(self.client, self.emit, self.builder.stopped, self.room)

    def _known(self, source: Source) -> tuple[Tags, Reference | None]:
        try:
            tags = _tags(source, self._bases.fetched(source))
        except BuildFailed as error:
            tags = _tags(source, None)
            known = self._find(source, tags)
            if known is None:
                raise
            note = f"{error.message} The image built before from the same files is used."
            self.emit(Event("build", source.subject, note, "warning"))
            return tags, known
        return tags, self._find(source, tags)

    def _find(self, source: Source, tags: Tags) -> Reference | None:
        digest = self.registry.digest(source.repository, tags.exact or tags.files)
        return Reference(source.repository, digest) if digest else None

    def _build(self, source: Source, tags: Tags, secrets: Mapping[str, Secret], labels: Mapping[str, str]) -> Reference:
        assert tags.exact is not None
        name = f"{self.prefix}/{source.repository}"
        self.room(f"Building {source.subject}", self._engine.size(name))
        self._bases.fetch_pinned(source)
        self.emit(Event("build", source.subject, "building", "start"))
        text = source.read().substitute(self.substitutes)
        wanted = {secret: secrets[secret] for secret in source.secrets if secret in secrets}
        self.builder.build(Order(source, text, f"{name}:{tags.exact}", labels, wanted))
        self.emit(Event("build", source.subject, "pushing"))
        pushed = self._engine.push(name, tags.exact, self.registry)
        digest = self._pushed_digest(source, tags.exact, pushed)
        self.registry.tag(source.repository, digest, tags.files)
        return Reference(source.repository, digest)

    def _pushed_digest(self, source: Source, tag: str, pushed: str) -> str:
        """The digest that the registry gives for the tag.

        It differs from the pushed one when another build of the same source was pushed meanwhile; both are in
        the registry then, and everybody goes by the tag.
        """
        digest = self.registry.digest(source.repository, tag)
        if digest is None or self.registry.digest(source.repository, pushed) is None:
            raise BuildFailed(
                f"{source.repository}: the engine pushed {pushed}, and the registry at {self.registry.name} "
                "does not have it.",
                next_step=f"See whether {self.prefix} on the server leads to this registry.",
            )
        return digest


def _tags(source: Source, bases: Mapping[str, str] | None) -> Tags:
    files = files_hash(source)
    exact = None if bases is None else f"src-{source_hash(files, bases)[:_TAG_DIGITS]}"
    return Tags(exact, f"files-{files[:_TAG_DIGITS]}")
