"""The files that a build sees: its context, less what .dockerignore leaves out."""

import hashlib
import posixpath
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from docker.utils.build import exclude_paths

from homeport.errors import BuildFailed

# Git's own folder and ours change without any change of the application, and an image has no use for them.
# They stand first, so that `!.git` in .dockerignore brings it back.
ALWAYS_IGNORED = (".git", ".homeport")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a symbolic link of a context; `path` is relative to it."""

    path: str
    file: Path
    link: str | None
    is_executable: bool


def ignore_patterns(context: Path, dockerfile: Path) -> list[str]:
    """The patterns in force. Like BuildKit, `<Dockerfile>.dockerignore` is preferred to .dockerignore."""
    own = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
    chosen = own if own.is_file() else context / ".dockerignore"
    lines = _read(chosen).decode("utf-8-sig", "replace").splitlines() if chosen.is_file() else []
    # Source: Dockerfile reference, ".dockerignore file": a comment starts in the first column.
    kept = (line.strip() for line in lines if not line.startswith("#"))
    return [*ALWAYS_IGNORED, *(line for line in kept if line)]


def entries(context: Path, patterns: list[str]) -> list[Entry]:
    """Every file and link that a build may copy, sorted by path.

    Raises BuildFailed for what cannot be in an image the same way twice: a link that leaves the context,
    a socket, a named pipe, a device, and what may not be read.
    """
    try:
        # exclude_paths adds to the list it is given, and always keeps the Dockerfile it is told of.
        paths = sorted(exclude_paths(str(context), list(patterns), dockerfile=".dockerignore"))
    except OSError as error:
        raise _unreadable(error) from error
    return list(_entries(context, paths))


def digest(entry: Entry) -> bytes:
    """The SHA-256 of what a file holds, read piece by piece: a model's weights may be larger than the memory."""
    try:
        with entry.file.open("rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise _unreadable(error) from error


def _entries(context: Path, paths: list[str]) -> Iterator[Entry]:
    for path in paths:
        file = context / path
        try:
            mode = file.lstat().st_mode
        except OSError as error:
            raise _unreadable(error) from error
        if stat.S_ISDIR(mode):
            continue
        link = _link(path, file) if stat.S_ISLNK(mode) else None
        if link is None and not stat.S_ISREG(mode):
            raise BuildFailed(
                f"{file}: a socket, a named pipe or a device cannot be part of an image.",
                next_step=_leave_out(path),
            )
        yield Entry(path, file, link, bool(mode & stat.S_IXUSR))


def _link(path: str, file: Path) -> str:
    link = str(file.readlink())
    place = PurePosixPath(posixpath.normpath(PurePosixPath(path).parent / link))
    if place.is_absolute() or place.parts[:1] == ("..",):
        raise BuildFailed(
            f"{file}: the link leads out of the build's folder, to {link}; an image cannot follow it.",
            next_step=_leave_out(path),
        )
    return link


def _leave_out(path: str) -> str:
    return f"Put what it leads to in its place, or leave it out by this line in .dockerignore: {path}"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(error) from error


def _unreadable(error: OSError) -> BuildFailed:
    return BuildFailed(
        f"{error.filename}: cannot be read: {error.strerror}.",
        next_step="Make it readable, or leave it out in .dockerignore.",
    )
