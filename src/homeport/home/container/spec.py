"""What a container should be, and the names that follow from it."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

RANDOM_CHARACTERS = "abcdefghijkmnpqrstuvwxyz23456789"
NUMBERS: Mapping[str, Callable[[Any], float]] = {"cpus": float, "memory": int, "port": int, "start_period": int}
LISTS = ("command", "networks", "aliases", "mounts", "publish", "cap_add", "tmpfs")


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """One container. Words and short forms are Compose's; `memory` is in bytes, `start_period` in seconds.

    `application` and `target` are empty for a container of the base. `secrets` maps a name to its version in the
    server's store; `database` names the database whose app role the container gets as DATABASE_URL and PG….
    `files` maps a path in the container to its content, mounted read-only.
    """

    service: str
    image: str
    application: str = ""
    target: str = ""
    command: tuple[str, ...] = ()
    user: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    database: str = ""
    networks: tuple[str, ...] = ("edge",)
    ip: str = ""
    aliases: tuple[str, ...] = ()
    port: int = 0
    healthcheck: str = ""
    start_period: int = 60
    mounts: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    publish: tuple[str, ...] = ()
    cpus: float = 0.5
    memory: int = 512 * 1024 * 1024
    read_only: bool = True
    tmpfs: tuple[str, ...] = ("/tmp",)
    cap_add: tuple[str, ...] = ()

    @classmethod
    def of(cls, attributes: Mapping[str, Any]) -> Self:
        """The spec that a resource's attributes say; an unset attribute takes the default, /tmp is always in memory."""
        given = {name: attributes[name] for name in cls.__dataclass_fields__ if attributes.get(name) is not None}
        given |= {name: tuple(given[name]) for name in LISTS if name in given}
        given |= {name: number(given[name]) for name, number in NUMBERS.items() if name in given}
        return cls(**given | {"tmpfs": ("/tmp", *given.get("tmpfs", ()))})

    @property
    def is_base(self) -> bool:
        return not self.application

    def config(self) -> str:
        """The hash of everything that a running container cannot change: another hash is another container."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def labels(self) -> dict[str, str]:
        """Labels that say what the container is, beside those that everything of ours carries."""
        labels = {"service": self.service, "config": self.config()}
        return labels if self.is_base else labels | {"application": self.application, "target": self.target}

    def new_name(self, instance: str) -> str:
        """A name nobody has: the base's are fixed, an application's end at random.

        The random end is what lets Terraform's create-before-destroy tell the new object's container from the old's.
        """
        if self.is_base:
            return f"{instance}-{self.service}"
        return f"{instance}-{self.target}-{self.application}-{self.service}-{self.config()[:8]}-{random_end()}"


def random_end() -> str:
    """Four characters that keep two names apart."""
    return "".join(secrets.choice(RANDOM_CHARACTERS) for _ in range(4))
