"""From a verb's options to an open target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeport.deploy.application import Application
    from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Opened:
    """An application and its target, connected; `words` are what a person named beside the target."""

    application: Application
    target: HomeTarget
    words: tuple[str, ...] = ()


@contextmanager
def opened(folder: Path, target: str | None, host: str | None, instance: str) -> Iterator[Opened]:
    """Read the manifest, then connect. A bad manifest touches no host."""
    from homeport.deploy.application import load_application
    from homeport.deploy.identity import holder
    from homeport.targets import open_target

    application = load_application(folder, target)
    with open_target(application.target, host=host, instance=instance, holder=holder()) as connected:
        yield Opened(application, connected)


@contextmanager
def opened_by(words: Sequence[str | None], folder: Path, host: str | None, instance: str) -> Iterator[Opened]:
    """The same for `[TARGET] WORDS…`, where the target need not be named if it is the only one."""
    from homeport.deploy.application import addressed
    from homeport.deploy.identity import holder
    from homeport.targets import open_target

    application, others = addressed(folder, [word for word in words if word is not None])
    with open_target(application.target, host=host, instance=instance, holder=holder()) as connected:
        yield Opened(application, connected, others)
