"""What would be other on AWS than at home, as lines of homeport.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from homeport.manifest.cloud import ROUNDED_ON_AWS, refused, rounded
from homeport.manifest.manifest import Manifest
from homeport.manifest.problems import Problem
from homeport.manifest.reading import judge, line_of
from homeport.manifest.target import AwsTarget, Target


@dataclass(frozen=True, slots=True)
class Parity:
    """What AWS refuses, and where it gives more than is written: whole lines, `homeport.yaml:14: …`.

    `targets` are the AWS targets of the manifest; without one there is nothing.
    """

    targets: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    rounded: tuple[str, ...] = ()


def parity(path: Path, only: str | None = None, target: Target | None = None) -> Parity:
    """For all AWS targets of a manifest that loads, or for one target alone, which may be no AWS target.

    `target` is that one where the manifest need not name it.
    """
    assumed = {only: target} if only and target else {}
    manifest, problems = judge(path, Manifest, lambda manifest: _problems(manifest, only, assumed))
    is_rounded = [problem.rule == ROUNDED_ON_AWS.name for problem in problems]
    lines = [line_of(path, problem) for problem in problems]
    return Parity(
        tuple(_on_aws(manifest, only, assumed)) if manifest else (),
        _once(line for line, told in zip(lines, is_rounded, strict=True) if not told),
        _once(line for line, told in zip(lines, is_rounded, strict=True) if told),
    )


def _problems(manifest: Manifest, only: str | None, assumed: Mapping[str, Target]) -> Iterable[Problem]:
    there = manifest.model_copy(update={"targets": _on_aws(manifest, only, assumed)})
    return chain(refused(there), rounded(there))


def _on_aws(manifest: Manifest, only: str | None, assumed: Mapping[str, Target]) -> dict[str, AwsTarget]:
    there = {**assumed, **manifest.targets}
    return {name: target for name, target in there.items() if isinstance(target, AwsTarget) and only in (None, name)}


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    """Targets mostly break a rule at the same place."""
    return tuple(dict.fromkeys(lines))
