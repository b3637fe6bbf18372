"""A place where applications run, by kind: its state, its releases, its secrets, its images.

This is the one look-up by kind; everything above it asks a target and does not ask what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from homeport.errors import Refused
from homeport.events import Emit, ignore
from homeport.manifest import AwsTarget, DockerTarget
from homeport.targets.cloud import CloudTarget
from homeport.targets.home import HomeTarget
from homeport.targets.protocol import Target

__all__ = ["CloudTarget", "HomeTarget", "Target", "open_target"]

if TYPE_CHECKING:
    KINDS: tuple[type[Target], ...] = (HomeTarget, CloudTarget)  # each is one: mypy sees to it


@overload
def open_target(
    target: DockerTarget, *, name: str = "", host: str | None = None, instance: str, holder: str, emit: Emit = ignore
) -> HomeTarget: ...


@overload
def open_target(
    target: AwsTarget, *, name: str = "", host: str | None = None, instance: str, holder: str, emit: Emit = ignore
) -> CloudTarget: ...


@overload
def open_target(
    target: DockerTarget | AwsTarget,
    *,
    name: str = "",
    host: str | None = None,
    instance: str,
    holder: str,
    emit: Emit = ignore,
) -> HomeTarget | CloudTarget: ...


def open_target(
    target: DockerTarget | AwsTarget,
    *,
    name: str = "",
    host: str | None = None,
    instance: str,
    holder: str,
    emit: Emit = ignore,
) -> HomeTarget | CloudTarget:
    """Open what a manifest's target says, which is called `name` there. `host` overrides a home target's own; a target
    on AWS has none.

    Raises HostUnreachable, or Refused for credentials that AWS, or homeport, does not take.
    """
    if isinstance(target, DockerTarget):
        return HomeTarget.open(host or target.host, instance=instance, holder=holder)
    if host is not None:
        raise Refused(
            f"{host} is a server, and the target is an AWS account.",
            next_step="Leave out --host (and HOMEPORT_HOST), or choose a target of kind docker.",
        )
    return CloudTarget.open(target, name=name, holder=holder, emit=emit)
