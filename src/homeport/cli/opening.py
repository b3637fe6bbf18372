"""From a verb's options to an open target."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from homeport.cli.show import Progress
from homeport.errors import Refused

if TYPE_CHECKING:
    from homeport.deploy.application import Application
    from homeport.deploy.daily import Daily
    from homeport.manifest import BaseFile
    from homeport.targets import CloudTarget, HomeTarget, Target

BASE_FILE = "homeport.base.yaml"
DEFAULT_INSTANCE = "homeport"
RELEASING = ("homeport.deploy.ways.home", "homeport.deploy.release", "homeport.provider")  # as `needs`, at home


@dataclass(frozen=True, slots=True)
class Opened:
    """An application and its target, connected; `words` are what a person named beside the target."""

    application: Application
    target: Target
    words: tuple[str, ...] = ()

    @property
    def daily(self) -> Daily:
        """What a person asks for daily, for whatever kind of target it is."""
        from homeport.deploy.daily import daily_of

        return daily_of(self.application, self.target)

    @property
    def server(self) -> HomeTarget:
        """The target, for a verb that speaks to a home server. Raises Refused for another kind."""
        from homeport.targets import HomeTarget

        if not isinstance(self.target, HomeTarget):
            raise Refused(
                f"{self.application.target_name} is in {self.target.called}; this verb is for home servers.",
                next_step="Choose a target of kind docker.",
            )
        return self.target

    @property
    def account(self) -> CloudTarget:
        """The target, for what is done to an AWS account alone. Raises Refused for another kind."""
        from homeport.targets import CloudTarget

        if not isinstance(self.target, CloudTarget):
            raise Refused(
                f"{self.application.target_name} is {self.target.called}; this is for AWS accounts.",
                next_step="Choose a target of kind aws.",
            )
        return self.target


@contextmanager
def opened(
    folder: Path,
    target: str | None,
    host: str | None,
    instance: str,
    *,
    sources: bool = False,
    needs: Collection[str] = (),
) -> Iterator[Opened]:
    """Read the manifest, then connect. A bad manifest touches no host; with `sources`, what it builds from must be
    there, too. `needs` as `open_target` takes them."""
    from homeport.deploy.application import load_application

    application = load_application(folder, target, sources=sources)
    with _connected(application, host, instance, needs) as connected:
        yield Opened(application, connected)


@contextmanager
def opened_host(folder: Path, target: str | None, host: str | None, instance: str) -> Iterator[HomeTarget]:
    """A server without an application: the host that is given, a target's, or this machine."""
    from homeport.deploy.application import MANIFEST
    from homeport.deploy.identity import holder
    from homeport.targets import HomeTarget

    if target is not None or (host is None and (folder / MANIFEST).exists()):
        with opened(folder, target, host, instance) as one:
            yield one.server
        return
    instance = instance_of(instance, read_base_file(folder))
    with HomeTarget.open(host or "local", instance=instance, holder=holder()) as connected:
        yield connected


def read_base_file(folder: Path) -> BaseFile | None:
    """The owner's base file, where there is one."""
    path = folder / BASE_FILE
    if not path.exists():
        return None
    from homeport.manifest import load_base

    return load_base(path)


def instance_of(given: str, wanted: BaseFile | None) -> str:
    """The file's own name of the installation, unless another is given: the two must not disagree."""
    if wanted is None or "instance" not in wanted.model_fields_set or given == wanted.instance:
        return given
    if given != DEFAULT_INSTANCE:
        raise Refused(
            f"{BASE_FILE} is of the installation {wanted.instance}, not of {given}.",
            next_step="Leave out --instance (and HOMEPORT_INSTANCE), or name another folder: -C FOLDER",
        )
    return wanted.instance


@contextmanager
def opened_by(words: Sequence[str | None], folder: Path, host: str | None, instance: str) -> Iterator[Opened]:
    """The same for `[TARGET] WORDS…`, where the target need not be named if it is the only one."""
    from homeport.deploy.application import addressed

    application, others = addressed(folder, [word for word in words if word is not None])
    with _connected(application, host, instance) as connected:
        yield Opened(application, connected, others)


def _connected(application: Application, host: str | None, instance: str, needs: Collection[str] = ()) -> Target:
    from homeport.deploy.identity import holder
    from homeport.targets import open_target

    return open_target(
        application.target,
        name=application.target_name,
        host=host,
        instance=instance,
        holder=holder(),
        emit=Progress(),
        needs=needs,
    )
