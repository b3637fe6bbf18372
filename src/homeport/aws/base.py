"""The base as it stands in an account and region: what `setup` made, and what every application reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from homeport.aws.bucket import Bucket
from homeport.errors import NotSetUp

FILE = "base.json"


@dataclass(frozen=True, slots=True)
class CloudBase:
    """`domain` is empty where there is none; `outputs` is the output `base` of Terraform's module, which the module of
    every application takes as it is."""

    id: str
    account: str
    region: str
    domain: str
    outputs: Mapping[str, Any] = field(default_factory=dict)
    homeport: str = ""  # the version that set it up


def load(bucket: Bucket) -> CloudBase | None:
    """The base; None before the first `setup`. Raises NotSetUp for a damaged record, and without a bucket.

    What a newer homeport has written beside what is known here is left out.
    """
    data = bucket.read(FILE)
    if data is None:
        return None
    try:
        stored = json.loads(data)
        return CloudBase(**{name: stored[name] for name in CloudBase.__dataclass_fields__ if name in stored})
    except (ValueError, TypeError) as error:
        raise NotSetUp(
            f"{FILE} in the bucket {bucket.name} is damaged: {error}.",
            next_step=f"Run: {bucket.session.command('setup')}\n"
            "It writes the file anew, from homeport.base.yaml and what stands there.",
        ) from error


def require(bucket: Bucket) -> CloudBase:
    """The base, or NotSetUp with the command that makes it."""
    base = load(bucket)
    if base is None:
        raise bucket.not_set_up()
    return base


def save(bucket: Bucket, base: CloudBase) -> None:
    """Keep the record of the base."""
    bucket.write(FILE, json.dumps(asdict(base), indent=2).encode())
