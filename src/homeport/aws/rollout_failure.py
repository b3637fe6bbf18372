"""Why a deployment of a service failed, in a sentence, and the line of homeport.yaml that may help. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeport.aws.ecs_service import Task

SECTIONS = {"api": "services", "model": "models", "site": "sites"}
CANNOT_PULL = re.compile(r"CannotPullContainer|image digest resolution")
FOR_MEMORY = re.compile(r"OutOfMemory")
READ_ONLY = re.compile(r"Read-only file system", re.IGNORECASE)
NOT_PERMITTED = re.compile(r"Operation not permitted|Permission denied")


@dataclass(frozen=True, slots=True)
class Subject:
    """What was to be rolled out: its name in the manifest, the section it stands in, and its memory in MiB."""

    name: str
    section: str
    memory: int

    @classmethod
    def of(cls, container: Mapping[str, Any]) -> Subject:
        """By a container's definition; the image's namespace (`api/…`) says the section."""
        namespaces = [part for part in container["image"].partition("@")[0].split("/") if part in SECTIONS]
        section = SECTIONS[namespaces[0]] if namespaces else "services"
        return cls(container["name"], section, int(container.get("memory") or 512))

    @property
    def where(self) -> str:
        return f"{self.section}.{self.name}"


def why_it_stopped(subject: Subject, task: Task) -> str:
    """The rest of a sentence about the service: `exited with code 7`.

    Source: Amazon ECS, "Stopped tasks error messages".
    """
    said = f"{task.stopped_reason} {task.container_reason}"
    reason = (task.container_reason or task.stopped_reason or "ECS gives no reason").rstrip(".")
    if CANNOT_PULL.search(said):
        return f"cannot be started, because its image cannot be pulled ({reason})"
    if FOR_MEMORY.search(said):
        return f"was killed for memory: its limit is {subject.memory}M"
    if task.exit_code is not None and task.stop_code == "EssentialContainerExited":
        return f"exited with code {task.exit_code}"
    if task.stop_code == "TaskFailedToStart":
        return f"could not be started ({reason})"
    return f"was stopped ({reason})"


def cannot_be_pulled(task: Task) -> bool:
    return bool(CANNOT_PULL.search(f"{task.stopped_reason} {task.container_reason}"))


def advice(subject: Subject, cause: str, log: Sequence[str]) -> str:
    """The next step; empty where the cause and the log are all that can be said."""
    where, text = subject.where, "\n".join(log)
    if "killed for memory" in cause:
        return f"Give it more in homeport.yaml, for example {where}.memory: {2 * subject.memory}M"
    if "cannot be pulled" in cause:
        return "Deploy again: that copies the image to ECR. If it is there, its task's role may not read it."
    if READ_ONLY.search(text):
        return (
            f"Its root is read-only by default. In homeport.yaml add {where}.tmpfs: [/the/folder] for a folder in "
            f"memory, or {where}.read_only: false"
        )
    if NOT_PERMITTED.search(text):
        return (
            "Capabilities are dropped by default. In homeport.yaml add what it needs, "
            f"for example {where}.cap_add: [CHOWN]"
        )
    if "health check" in cause or "within" in cause:
        return f"If it only needs longer, give it more seconds in homeport.yaml: {where}.healthcheck.start_period"
    return ""


def detail(events: Sequence[str], log: Sequence[str], back: str) -> str:
    """ECS's own sentences, the last lines of the log, and what serves now."""
    parts = []
    if events:
        parts.append("\n".join(["ECS says:", *(f"  {event}" for event in events)]))
    parts.append("\n".join(["Its last log lines:", *(f"  {line}" for line in log)]) if log else "It logged nothing.")
    return "\n".join([*parts, *filter(None, [back])])
