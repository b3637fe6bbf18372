"""What one layer does to the files of a folder. Source: OCI image specification, "Image Layer Filesystem Changeset"."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from homeport.errors import RegistryFailed
from homeport.oci.manifest import Blob

HIDDEN = ".wh."  # before the name of what a layer takes away
OPAQUE = ".wh..wh..opq"  # in a folder of which a layer takes away all that was in it
_PIECE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class File:
    """A file's content, kept under its SHA-256 (hexadecimal) in a folder of this machine; `size` in bytes."""

    sha256: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link, with what it says."""

    target: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; what is in it has entries of its own."""


@dataclass(frozen=True, slots=True)
class Special:
    """A device, a pipe or a socket."""


Entry = File | Link | Folder | Special


@dataclass(slots=True)
class Changes:
    """By path from the image's root (`site/index.html`): what a layer adds, what it hides of the layers below it, and
    the folders of which it hides all that is below it."""

    added: dict[PurePosixPath, Entry] = field(default_factory=dict)
    hidden: set[PurePosixPath] = field(default_factory=set)
    emptied: set[PurePosixPath] = field(default_factory=set)


def read_layer(blob: Blob, pieces: Iterator[bytes], folder: PurePosixPath, keep: Path) -> Changes:
    """The changes of a layer to a folder, to what is in it and to the folders that it is in; files go to `keep`.

    Raises RegistryFailed when the bytes are not those of the digest, are no layer that can be read, or a name leads
    out of the image.
    """
    _check_kind(blob)
    stream = _Stream(pieces)
    buffered = io.BufferedReader(stream, _PIECE)
    try:
        is_gzip = buffered.peek(2)[:2] == b"\x1f\x8b"
        changes = _read(gzip.GzipFile(fileobj=buffered) if is_gzip else buffered, folder, keep)
        while buffered.read(_PIECE):
            pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeError) as error:
        raise _broken(blob, str(error)) from error
    if f"sha256:{stream.sum.hexdigest()}" != blob.digest:
        raise _broken(blob, "its bytes do not have its digest")
    return changes


def _check_kind(blob: Blob) -> None:
    if blob.media_type.endswith("zstd"):
        raise RegistryFailed(
            f"Layer {blob.digest} is packed by zstd, and files can be taken out of layers packed by gzip only.",
            next_step="Build the image by homeport, or with the output's compression=gzip,force-compression=true.",
        )


def _broken(blob: Blob, why: str) -> RegistryFailed:
    return RegistryFailed(f"Layer {blob.digest} cannot be read: {why}.", next_step="Run the same command again.")


def _read(stream: IO[bytes] | gzip.GzipFile, folder: PurePosixPath, keep: Path) -> Changes:
    changes = Changes()
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            path = place(member.name)
            if _concerns(path, folder):
                _take(changes, tar, member, path, keep)
    while stream.read(_PIECE):  # the checksum is at the end
        pass
    return changes


def place(name: str) -> PurePosixPath:
    """A name in a layer as a path from the image's root. Raises RegistryFailed when it leads out of it."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise RegistryFailed(f'A layer has the name "{name}", which leads out of the image.')
    return PurePosixPath(*parts)


def _concerns(path: PurePosixPath, folder: PurePosixPath) -> bool:
    """Whether it is the folder, is in it, is one that it is in, or hides one of these."""
    seen = path.parent if path.name == OPAQUE else path.with_name(_shown(path.name)) if path.name else path
    return seen.is_relative_to(folder) or folder.is_relative_to(seen)


def _shown(name: str) -> str:
    return name.removeprefix(HIDDEN) or name


def _take(changes: Changes, tar: tarfile.TarFile, member: tarfile.TarInfo, path: PurePosixPath, keep: Path) -> None:
    if path.name == OPAQUE:
        changes.emptied.add(path.parent)
    elif path.name.startswith(HIDDEN):
        changes.hidden.add(path.with_name(_shown(path.name)))
    else:
        changes.added[path] = _entry(changes, tar, member, keep)


def _entry(changes: Changes, tar: tarfile.TarFile, member: tarfile.TarInfo, keep: Path) -> Entry:
    if member.isdir():
        return Folder()
    if member.issym():
        return Link(member.linkname)
    if member.islnk():
        return _same(changes, member)
    body = tar.extractfile(member) if member.isreg() else None
    return _kept(body, keep) if body else Special()


def _same(changes: Changes, member: tarfile.TarInfo) -> Entry:
    """What a hard link is the same file as."""
    target = changes.added.get(place(member.linkname))
    if target is None:
        raise RegistryFailed(
            f'"{member.name}" is the same file as "{member.linkname}", which lies outside of the folder.',
            next_step="Copy the file in the Dockerfile, instead of a hard link to it.",
        )
    return target


def _kept(body: IO[bytes], keep: Path) -> File:
    summed, size, unnamed = hashlib.sha256(), 0, keep / "unnamed"
    with unnamed.open("wb") as out:
        while piece := body.read(_PIECE):
            summed.update(piece)
            size += out.write(piece)
    return File(summed.hexdigest(), size, unnamed.replace(keep / summed.hexdigest()))


class _Stream(io.RawIOBase):
    """Pieces as a file, with the checksum of what was read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.sum = hashlib.sha256()
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self.sum.update(piece)
            self._left = memoryview(piece)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
