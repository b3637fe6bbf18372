"""What an image is built from, and one number for all of it."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

from homeport.build.context import digest, entries, ignore_patterns
from homeport.build.dockerfile import Dockerfile
from homeport.errors import BuildFailed
from homeport.manifest import ImageSource

_FORMAT = 1  # of the hash: a change of what goes into it is a change of this number


@dataclass(frozen=True, slots=True)
class Source:
    """One image to be built: where from, and as what. `shown` is its Dockerfile's name in messages."""

    repository: str
    context: Path
    dockerfile: Path
    shown: str
    platform: str = "linux/amd64"
    target: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, image: ImageSource, folder: Path, platform: str) -> "Source":
        """What a manifest's image is built from; `folder` is where homeport.yaml is."""
        build = image.build
        context = folder / build.context
        return cls(
            repository=image.repository,
            context=context,
            dockerfile=context / build.dockerfile,
            shown=str(Path(build.context, build.dockerfile)),
            platform=platform,
            target=build.target,
            args=build.args,
            secrets=tuple(build.secrets),
        )

    @property
    def subject(self) -> str:
        """Its name in progress: the last part of the repository."""
        return self.repository.rpartition("/")[2]

    def text(self) -> str:
        """The Dockerfile's text, byte for byte."""
        try:
            return self.dockerfile.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise BuildFailed(
                f"{self.shown}: the Dockerfile cannot be read: {error}.",
                next_step='Each "build" needs a folder with a Dockerfile in it, or "dockerfile: NAME".',
            ) from error

    def read(self) -> Dockerfile:
        """The Dockerfile, understood. Raises BuildFailed, naming the line."""
        return Dockerfile.read(self.text(), args=self.args, platform=self.platform, shown=self.shown)


def files_hash(source: Source) -> str:
    """The SHA-256 of what is in the repository for a build, as 64 hexadecimal digits.

    Times, owners and every permission but "executable" are left out: two clones of one commit have one hash.
    """
    return _sha256(_parts(source))


def source_hash(files: str, base_images: Mapping[str, str]) -> str:
    """The SHA-256 of everything that a build is made from: `files_hash`, and the base images.

    `base_images` gives the identity of each (an image id or a digest).
    """
    return _sha256([files.encode(), *_pairs("base image", base_images)])


def _sha256(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        # Each part with its length before it, so that no two lists of parts run together to the same bytes.
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


def _parts(source: Source) -> Iterator[bytes]:
    yield f"homeport source {_FORMAT}".encode()
    yield source.text().encode()
    yield from _pairs("platform", {"platform": source.platform, "target": source.target or ""})
    yield from _pairs("argument", source.args)
    for entry in entries(source.context, ignore_patterns(source.context, source.dockerfile)):
        kind = "link" if entry.link is not None else "executable" if entry.is_executable else "file"
        yield f"{kind} {entry.path}".encode("utf-8", "surrogateescape")
        yield entry.link.encode("utf-8", "surrogateescape") if entry.link is not None else digest(entry)


def _pairs(kind: str, pairs: Mapping[str, str]) -> Iterator[bytes]:
    for name, value in sorted(pairs.items()):
        yield from (f"{kind} {name}".encode(), value.encode())


@contextmanager
def generated(
    repository: str,
    files: Mapping[str, bytes],
    folders: Mapping[str, Path] | None = None,
    *,
    platform: str = "linux/amd64",
) -> Iterator[Source]:
    """A source made of `files`, a `Dockerfile` among them, and copies of `folders`; it goes at the end."""
    with tempfile.TemporaryDirectory(prefix="homeport-source-") as temporary:
        context = Path(temporary)
        for name, folder in (folders or {}).items():
            _copy(folder, context / name)
        for name, data in files.items():
            (context / name).parent.mkdir(parents=True, exist_ok=True)
            (context / name).write_bytes(data)
        yield Source(repository, context, context / "Dockerfile", f"{repository}: Dockerfile", platform)


def _copy(folder: Path, place: Path) -> None:
    entries(folder, [])  # what cannot be in an image is named by its own path, not by the copy's
    try:
        copytree(folder, place, symlinks=True)
    except OSError as error:
        raise BuildFailed(f"{folder}: cannot be copied for the build: {error}.") from error
