"""What a release usually changes, in the words of the manifest; the rest of it follows from that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from homeport.deploy.summary import arrow, changed_keys
from homeport.deploy.ways.cloud.summary.components import label_of
from homeport.deploy.ways.cloud.summary.definition import definition_words
from homeport.deploy.ways.cloud.summary.differences import only, words
from homeport.terraform import Change
from homeport.terraform.masking import KNOWN_LATER


def image_words(change: Change) -> list[str]:
    return [*_digest(change, label_of(change.address) or "image"), *words(change, without=("digest", "reference"))]


def service_words(change: Change) -> list[str]:
    """A new definition is said where it is defined; an older one is what somebody else's deployment is put back to."""
    count, definition = only(change, "desired_count"), only(change, "task_definition")
    said = words(change, without=("desired_count", "task_definition"))
    if count:
        said.insert(0, f"{count.before} → {count.after} tasks")
    if definition and definition.after != KNOWN_LATER:
        said.append(f"runs {_revision(definition.after)} again, not {_revision(definition.before)}")
    return said


def rollout_words(change: Change) -> list[str]:
    return words(change, without=("task_definition", "deployment"))


def task_words(change: Change) -> list[str]:
    """Where a task would run does not make it run."""
    runs = change.action == "replace" or only(change, "task_definition") or only(change, "triggers")
    return ["migrations run"] if runs else []


def roles_words(change: Change) -> list[str]:
    return words(change, without=("task_definition",))


def site_words(change: Change) -> list[str]:
    """Its image, its /config.json, and what somebody else changed in its bucket."""
    said = _digest(change, "image")
    if configuration := only(change, "environment"):
        said.append(f"config.json ({changed_keys(configuration.before or {}, configuration.after or {})})")
    if (by_hand := only(change, "changed")) and by_hand.before:
        said.append(f"{by_hand.before} files put right")
    return said + words(change, without=("changed", "digest", "environment", "keys"))


# In the order in which they are said.
USUAL: Mapping[str, Callable[[Change], list[str]]] = {
    "image": image_words,
    "aws_ecs_task_definition": definition_words,
    "aws_ecs_service": service_words,
    "ecs_rollout": rollout_words,
    "rds_roles": roles_words,
    "ecs_task": task_words,
    "site_files": site_words,
}


def _digest(change: Change, called: str) -> list[str]:
    digest = only(change, "digest")
    return [f"{called} {arrow(f'@{digest.before}', f'@{digest.after}')}"] if digest else []


def _revision(definition: Any) -> str:
    return str(definition).rpartition("/")[2]
