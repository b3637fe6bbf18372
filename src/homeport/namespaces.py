"""The namespaces of every registry of ours, at home and on AWS: `api/notes-api`, `site/notes-web`, `model/tagger`."""

from typing import Literal, get_args

Namespace = Literal["api", "model", "site"]
NAMESPACES: tuple[Namespace, ...] = get_args(Namespace)


def is_in_one(image: str) -> bool:
    """Whether a reference names a repository of ours, and no registry."""
    first, slash, _ = image.partition("/")
    return bool(slash) and first in NAMESPACES
