"""A place where applications run, by kind: its state, its releases, its secrets, its images.

This is the one look-up by kind; everything above it asks a target and does not ask what it is.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import TYPE_CHECKING, Any

from homeport.errors import Refused
from homeport.events import Emit, ignore
from homeport.host import begin
from homeport.manifest import AwsTarget, DockerTarget
from homeport.targets.protocol import Target

__all__ = ["CloudTarget", "HomeTarget", "Target", "open_target"]

if TYPE_CHECKING:
    from homeport.targets.cloud import CloudTarget
    from homeport.targets.home import HomeTarget

    KINDS: tuple[type[Target], ...] = (HomeTarget, CloudTarget)  # each is one: mypy sees to it

_MODULES = {"CloudTarget": "cloud", "HomeTarget": "home"}


def __getattr__(name: str) -> Any:
    """A kind is imported when it is first asked for: what speaks with an engine takes 0.3 s."""
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"homeport.targets.{_MODULES[name]}"), name)


def open_target(
    target: DockerTarget | AwsTarget,
    *,
    name: str = "",
    host: str | None = None,
    instance: str,
    holder: str,
    emit: Emit = ignore,
    needs: Collection[str] = (),
) -> Target:
    """Open what a manifest's target says, which is called `name` there. `host` overrides a home target's own; a target
    on AWS has none.

    `needs` are modules by which the caller goes on to a release: they are imported while a login to a server is waited
    for, and its lock is prepared.

    Raises HostUnreachable, or Refused for credentials that AWS, or homeport, does not take.
    """
    if isinstance(target, DockerTarget):
        connecting = begin(host or target.host, will_lock=bool(needs))
        for module in ("homeport.targets.home", *needs):
            import_module(module)
        from homeport.targets.home import HomeTarget

        return HomeTarget.recognized(connecting(), instance=instance, holder=holder)
    if host is not None:
        raise Refused(
            f"{host} is a server, and the target is an AWS account.",
            next_step="Leave out --host (and HOMEPORT_HOST), or choose a target of kind docker.",
        )
    from homeport.targets.cloud import CloudTarget

    return CloudTarget.open(target, name=name, holder=holder, emit=emit)
