"""Containers of the emulator publish nothing, and two emulators on one engine do not meet."""

import hashlib
from collections.abc import Callable
from typing import Any


def apply() -> None:
    _publish_nothing()
    _own_database_names()
    _leave_nothing_that_did_not_start()


def _publish_nothing() -> None:
    """ministack publishes ports on every address of the machine; all are reached over the engine's bridge anyway."""
    from docker.models.containers import ContainerCollection

    def unpublished(original: Callable[..., Any]) -> Callable[..., Any]:
        def start(self: ContainerCollection, image: str, *arguments: Any, **options: Any) -> Any:
            return original(self, image, *arguments, **(options | {"ports": None}))

        return start

    # `run` calls `create`, and some callers do so themselves.
    ContainerCollection.create = unpublished(ContainerCollection.create)  # type: ignore[method-assign]


def _own_database_names() -> None:
    """A database's container is named for account and region only: here for the emulator, too."""
    from ministack.core import container_reaper
    from ministack.services import rds

    original = rds._rds_docker_scope

    def scope(account_id: str | None = None, region: str | None = None) -> str:
        owner = f"{container_reaper.instance_id()}:{original(account_id, region)}"
        return hashlib.sha256(owner.encode()).hexdigest()[:12]

    rds._rds_docker_scope = scope


def _leave_nothing_that_did_not_start() -> None:
    """A task's container that cannot start stays, and the second try of it fails on its name: that hides the reason."""
    from docker.errors import APIError
    from docker.models.containers import Container

    original = Container.start

    def start(self: Container, **options: Any) -> Any:
        try:
            return original(self, **options)
        except APIError:
            if (self.name or "").startswith("ministack-ecs-"):
                self.remove(force=True)
            raise

    Container.start = start  # type: ignore[method-assign]
