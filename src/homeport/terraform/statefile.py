"""What a state file of Terraform's holds. Source: Terraform, state format version 4."""

import json
from typing import Any


def attributes(state: bytes | None, noun: str) -> list[dict[str, Any]]:
    """The attributes of every object of a noun of ours (`container`), deposed ones included."""
    if not state:
        return []
    resources = json.loads(state).get("resources", ())
    return [
        instance["attributes"]
        for resource in resources
        if resource["type"] == f"homeport_{noun}"
        for instance in resource["instances"]
    ]
