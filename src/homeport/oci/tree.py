"""The files of a folder of an image: its layers one over the other, and its links followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from homeport.errors import Interrupted, RegistryFailed
from homeport.oci.layer import Changes, Entry, File, Folder, Link, place, read_layer
from homeport.oci.manifest import Manifest
from homeport.oci.registry import Registry

Tree = dict[PurePosixPath, Entry]
MOST_LINKS = 40  # as many as Linux follows


def read_folder(
    registry: Registry, repository: str, manifest: Manifest, folder: str, keep: Path, stopped: Callable[[], bool]
) -> dict[str, File]:
    """The files of a folder (`/site`) of an image, by path in it (`assets/app.js`). Their contents are put in `keep`.

    Raises RegistryFailed when the registry fails, a layer cannot be read, there is no such folder, or a link in it
    leads nowhere, out of it, or to a folder; Interrupted when stopped.
    """
    root = place(folder)
    tree: Tree = {}
    for layer in manifest.layers():
        if stopped():
            raise Interrupted("Reading the image was stopped.", next_step="Run the same command again.")
        with registry.blob(repository, layer.digest) as pieces:
            apply(tree, read_layer(layer, pieces, root, keep))
    return files(tree, root)


def apply(tree: Tree, changes: Changes) -> None:
    """Put a layer over those below it. What a layer hides is never of its own, wherever it stands in it."""
    gone = {*changes.hidden, *(path for path, entry in changes.added.items() if not isinstance(entry, Folder))}
    for path in list(tree):
        if _is_below(path, changes.emptied) or path in gone or _is_below(path, gone):
            del tree[path]
    tree |= changes.added


def _is_below(path: PurePosixPath, some: set[PurePosixPath]) -> bool:
    return any(parent in some for parent in path.parents)


def files(tree: Tree, folder: PurePosixPath) -> dict[str, File]:
    """Every file of the folder by its path in it, links as the files that they lead to. Raises as `read_folder`."""
    _check_folder(tree, folder)
    inside = [path for path in sorted(tree) if path != folder and path.is_relative_to(folder)]
    found = {str(path.relative_to(folder)): _followed(tree, path, folder) for path in inside if _is_shown(tree[path])}
    if not found:
        raise RegistryFailed(f"/{folder} of the image holds no file.", next_step=_NAME_IT)
    return found


_NAME_IT = (
    "Name the folder of the built files in homeport.yaml (files: /site), or see what the Dockerfile copies there."
)


def _check_folder(tree: Tree, folder: PurePosixPath) -> None:
    for path in _with_parents(folder):
        if path in tree and not isinstance(tree[path], Folder):
            raise RegistryFailed(f"/{path} of the image is not a folder but a link or a file.", next_step=_NAME_IT)


def _with_parents(path: PurePosixPath) -> Iterable[PurePosixPath]:
    return [*reversed(path.parents), path]


def _is_shown(entry: Entry) -> bool:
    return not isinstance(entry, Folder)


def _followed(tree: Tree, path: PurePosixPath, folder: PurePosixPath) -> File:
    at, entry = path, tree[path]
    for _ in range(MOST_LINKS):
        if isinstance(entry, File):
            return entry
        if not isinstance(entry, Link):
            break
        at = _target(at, entry.target)
        if not at.is_relative_to(folder):
            raise _refused(path, f"leads out of /{folder}, to /{at}")
        entry = tree.get(at, Folder())
    what = f"leads to /{at}, which is no file" if at != path else "is no file"
    raise _refused(path, what)


def _target(at: PurePosixPath, target: str) -> PurePosixPath:
    """Where a link leads, from the image's root. `..` of the root is the root, as in a container."""
    parts: list[str] = [] if target.startswith("/") else list(at.parent.parts)
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return PurePosixPath(*parts)


def _refused(path: PurePosixPath, why: str) -> RegistryFailed:
    return RegistryFailed(
        f"/{path} of the image {why}: it cannot be served from a bucket.",
        next_step="Copy the file itself in the Dockerfile.",
    )
