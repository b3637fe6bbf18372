"""Load homeport.yaml and homeport.base.yaml."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from homeport.errors import ManifestInvalid
from homeport.manifest.base import BaseFile, base_relations
from homeport.manifest.manifest import Manifest
from homeport.manifest.placement import placement
from homeport.manifest.problems import Problem
from homeport.manifest.reading import Checked, judge, line_of
from homeport.manifest.relations import relations
from homeport.manifest.repository import files

MOST_TOLD = 100  # nobody reads on, and what is wrong a hundred times is mended at once


def load(path: Path, *, sources: bool = True) -> Manifest:
    """The application's manifest; without `sources`, the folders that it names need not be there.

    Raises ManifestInvalid with every problem of the file, by line: unknown keys, values out of range, names
    and routes that clash, folders that are not there. Never anything else, whatever the file holds.
    """
    return _or_raise(path, *judge_manifest(path, sources=sources)).in_folder(path.parent)


def load_base(path: Path) -> BaseFile:
    """The base of a server. Raises ManifestInvalid with every problem of the file, by line."""
    return _or_raise(path, *judge_base(path))


def judge_manifest(path: Path, *, sources: bool = True) -> tuple[Manifest | None, list[Problem]]:
    """The manifest as far as there is one, and its problems with the names of the rules."""

    def rules(manifest: Manifest) -> Iterable[Problem]:
        beside = files(manifest, path.parent) if sources else ()
        return chain(relations(manifest), placement(manifest), beside)

    return judge(path, Manifest, rules)


def judge_base(path: Path) -> tuple[BaseFile | None, list[Problem]]:
    """The base as far as there is one, and its problems with the names of the rules."""
    return judge(path, BaseFile, base_relations)


def _or_raise(path: Path, record: Checked | None, problems: list[Problem]) -> Checked:
    if record is None or problems:
        told = [line_of(path, problem) for problem in problems[:MOST_TOLD]]
        more = len(problems) - len(told)
        raise ManifestInvalid(
            [*told, *([f"{path.name}:{problems[-1].line}: and at least {more} more problems"] if more else [])]
        )
    return record
