"""From a verb's options to an open target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeport.deploy.application import Application
    from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Opened:
    """An application and its target, connected."""

    application: Application
    target: HomeTarget


@contextmanager
def opened(
    folder: Path, target: str | None, host: str | None, instance: str, *, sources: bool = True
) -> Iterator[Opened]:
    """Read the manifest, then connect. A bad manifest touches no host; without `sources`, it alone will do."""
    from homeport.deploy.application import load_application
    from homeport.deploy.identity import holder
    from homeport.targets import open_target

    application = load_application(folder, target, sources=sources)
    with open_target(application.target, host=host, instance=instance, holder=holder()) as connected:
        yield Opened(application, connected)
