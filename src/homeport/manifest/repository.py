"""The rules of homeport.yaml about the files beside it: what is built, and the migrations."""

from collections.abc import Iterator
from pathlib import Path

from homeport.manifest.build import Build
from homeport.manifest.manifest import Manifest
from homeport.manifest.problems import KeyPath, Problem, rule, shown

PATH_INSIDE = rule("path-inside", "A path stays inside the repository, through symbolic links too.")
FOLDER_MISSING = rule("folder-missing", "A folder that is named is there.")
DOCKERFILE_MISSING = rule("dockerfile-missing", "A folder that is built has its Dockerfile.")


def files(manifest: Manifest, folder: Path) -> Iterator[Problem]:
    """Every problem with the files that a manifest names, in the folder that holds it."""
    if manifest.database and manifest.database.migrations is not None:
        yield from _folder(folder, manifest.database.migrations, ("database", "migrations"))
    for section, name, part in manifest.parts():
        yield from _build(folder, part.build, (section, name, "build"))


def _build(folder: Path, build: Build, path: KeyPath) -> Iterator[Problem]:
    context: KeyPath = (*path, "context")
    missing = list(_folder(folder, build.context, context))
    yield from missing
    if missing:
        return
    dockerfile = _inside(folder, f"{build.context}/{build.dockerfile}")
    place = (*path, "dockerfile")
    if dockerfile is None:
        yield PATH_INSIDE.at(place, f"{shown(build.dockerfile)} leaves the repository", because=[context])
    elif not dockerfile.is_file():
        text = f"the folder {shown(build.context)} has no file {shown(build.dockerfile)}"
        yield DOCKERFILE_MISSING.at(place, text, because=[context])


def _folder(folder: Path, named: str, path: KeyPath) -> Iterator[Problem]:
    found = _inside(folder, named)
    if found is None:
        yield PATH_INSIDE.at(path, f"{shown(named)} leaves the repository")
    elif not found.is_dir():
        yield FOLDER_MISSING.at(path, f"there is no folder {shown(named)} beside the file")


def _inside(folder: Path, named: str) -> Path | None:
    """Where a path ends, links followed; None when that is outside or nowhere (a loop, a name too long)."""
    try:
        found = (folder / named).resolve()
        found.is_dir()
        return found if found.is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError, ValueError):
        return None
