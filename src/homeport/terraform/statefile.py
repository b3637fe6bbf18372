"""What a state file of Terraform's holds. Source: Terraform, state format version 4."""

import json
from typing import Any


def attributes(state: bytes | None, noun: str) -> list[dict[str, Any]]:
    """The attributes of every object of a noun of ours (`container`), deposed ones included."""
    return [one for _, one in resources(state, f"homeport_{noun}")]


def resources(state: bytes | None, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The module's address and the attributes of every object of a type (`aws_ecs_service`), deposed ones included."""
    if not state:
        return []
    return [
        (resource.get("module", ""), instance["attributes"])
        for resource in json.loads(state).get("resources", ())
        if resource["type"] == kind and resource.get("mode", "managed") == "managed"
        for instance in resource["instances"]
    ]
