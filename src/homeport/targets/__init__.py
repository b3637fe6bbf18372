"""A place where applications run, by kind: its state, its releases, its secrets, its images.

This is the one look-up by kind; everything above it asks a target and does not ask what it is.
"""

from homeport.errors import Refused
from homeport.manifest import AwsTarget, DockerTarget
from homeport.targets.cloud import CloudTarget
from homeport.targets.home import HomeTarget
from homeport.targets.protocol import Target

__all__ = ["CloudTarget", "HomeTarget", "Target", "open_target"]

KINDS: tuple[type[Target], ...] = (HomeTarget, CloudTarget)  # each is one, mypy sees to it


def open_target(target: DockerTarget | AwsTarget, *, host: str | None = None, instance: str, holder: str) -> HomeTarget:
    """Open what a manifest's target names; `host` overrides a home target's own.

    Raises HostUnreachable, or Refused for a kind that this version cannot deploy to.
    """
    if isinstance(target, AwsTarget):
        raise Refused(
            "This version of homeport deploys to home servers only; targets of kind aws are read and checked.",
            next_step="Choose a target of kind docker.",
        )
    return HomeTarget.open(host or target.host, instance=instance, holder=holder)
