"""What a release usually changes, in the words of the manifest; the rest of it follows from that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from homeport.deploy.summary import arrow, changed_keys
from homeport.deploy.ways.cloud.summary.components import label_of
from homeport.deploy.ways.cloud.summary.definition import definition_words
from homeport.deploy.ways.cloud.summary.differences import innermost, only, said, words
from homeport.terraform import Change
from homeport.terraform.masking import KNOWN_LATER


def image_words(change: Change) -> list[str]:
    return [*_digest(change, label_of(change.address) or "image"), *words(change, without=("digest", "reference"))]


def service_words(change: Change) -> list[str]:
    """A new definition is said where it is defined; an older one is what somebody else's deployment is put back to."""
    count, definition = only(change, "desired_count"), only(change, "task_definition")
    found = words(change, without=("desired_count", "task_definition"))
    if count:
        found.insert(0, f"{count.before} → {count.after} tasks")
    if definition and definition.after != KNOWN_LATER:
        found.append(f"runs {_revision(definition.after)} again, not {_revision(definition.before)}")
    return found


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
    found = _digest(change, "image")
    if configuration := only(change, "environment"):
        found.append(f"config.json ({changed_keys(configuration.before or {}, configuration.after or {})})")
    if (by_hand := only(change, "changed")) and by_hand.before:
        found.append(f"{by_hand.before} files put right")
    return found + words(change, without=("changed", "digest", "environment", "keys"))


def distribution_words(change: Change) -> list[str]:
    """Routes by their paths, not by their places in a list."""
    behaviors = only(change, "ordered_cache_behavior")
    if behaviors is None:
        return words(change)
    routes = innermost("", _by_path(behaviors.before), _by_path(behaviors.after))
    return [*(said(leaf) for leaf in routes), *words(change, without=("ordered_cache_behavior",))]


# In the order in which they are said.
USUAL: Mapping[str, Callable[[Change], list[str]]] = {
    "image": image_words,
    "aws_ecs_task_definition": definition_words,
    "aws_ecs_service": service_words,
    "ecs_rollout": rollout_words,
    "rds_roles": roles_words,
    "ecs_task": task_words,
    "site_files": site_words,
    "aws_cloudfront_distribution": distribution_words,
}


def _digest(change: Change, called: str) -> list[str]:
    digest = only(change, "digest")
    return [f"{called} {arrow(f'@{digest.before}', f'@{digest.after}')}"] if digest else []


def _by_path(behaviors: Any) -> Any:
    """As they are while they are not known."""
    if not isinstance(behaviors, list) or not all(isinstance(one, dict) for one in behaviors):
        return behaviors
    return {str(one.get("path_pattern")): one for one in behaviors}


def _revision(definition: Any) -> str:
    return str(definition).rpartition("/")[2]
