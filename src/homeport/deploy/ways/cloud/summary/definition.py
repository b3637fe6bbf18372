"""What a new revision of a task definition changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from homeport.deploy.summary import arrow, changed_keys
from homeport.deploy.ways.cloud.summary.differences import innermost, leaves, only, parsed, said, words
from homeport.terraform import Change
from homeport.terraform.masking import KNOWN_LATER
from homeport.terraform.plan import Difference

CONTAINERS = "container_definitions"
UNITS_A_CPU = 1024
MEBIBYTES_A_GIGABYTE = 1024
NAMED = {"environment": "value", "secrets": "valueFrom"}  # lists of names, and where each has its value
FOLLOWS_MEMORY = "linuxParameters.tmpfs.size"  # by our module, as at home
DEFAULTS: dict[str, Any] = {"essential": True}  # what AWS gives back beside what was asked for


def definition_words(change: Change) -> list[str]:
    """Its size, and of its container the image, the names of variables and secrets, and all else."""
    found = only(change, CONTAINERS)
    return [
        *([f"task {cpus(size.before)} → {cpus(size.after)}"] if (size := only(change, "cpu")) else []),
        *([f"task {memory(size.before)} → {memory(size.after)}"] if (size := only(change, "memory")) else []),
        *(_container_words(found) if found else []),
        *words(change, without=(CONTAINERS, "cpu", "memory")),
    ]


def cpus(units: Any) -> str:
    """`0.25 vCPU`, of units of which a processor has 1024."""
    return f"{int(units) / UNITS_A_CPU:g} vCPU" if str(units).isdigit() else str(units)


def memory(mebibytes: Any) -> str:
    """`512 MB`, `1 GB`."""
    if not str(mebibytes).isdigit():
        return str(mebibytes)
    size = int(mebibytes)
    return f"{size / MEBIBYTES_A_GIGABYTE:g} GB" if size >= MEBIBYTES_A_GIGABYTE else f"{size} MB"


def _container_words(difference: Difference) -> list[str]:
    if difference.after == KNOWN_LATER:
        return ["what runs is known after the apply"]
    before, after = parsed(difference.before), parsed(difference.after)
    if not (_is_one(before) and _is_one(after)):
        return [said(leaf) for leaf in leaves(difference)]
    return list(_differing(DEFAULTS | before[0], DEFAULTS | after[0]))


def _is_one(containers: Any) -> bool:
    return isinstance(containers, list) and len(containers) == 1 and isinstance(containers[0], dict)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before.get("image") != after.get("image"):
        yield f"image {arrow(before.get('image'), after.get('image'))}"
    if before.get("memory") != after.get("memory"):
        yield f"memory {memory(before.get('memory'))} → {memory(after.get('memory'))}"
    for name, value in NAMED.items():
        one, other = _named(before.get(name), value), _named(after.get(name), value)
        if one != other:
            yield f"{name} ({changed_keys(one, other)})"
    for leaf in innermost("", _others(before), _others(after)):
        if leaf.attribute != FOLLOWS_MEMORY or before.get("memory") == after.get("memory"):
            yield said(leaf)


def _others(container: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in container.items() if name not in ("image", "memory", *NAMED)}


def _named(entries: Any, value: str) -> dict[str, Any]:
    return {str(entry.get("name")): entry.get(value) for entry in entries or () if isinstance(entry, dict)}
