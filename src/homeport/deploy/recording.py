"""What is kept of a release under way, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from homeport import __version__
from homeport.deploy import identity
from homeport.deploy.application import Application
from homeport.deploy.steps import Steps
from homeport.deploy.ways import way_of
from homeport.errors import HomeportError, Interrupted, Refused
from homeport.events import Emit, Event
from homeport.releases.draft import Draft
from homeport.releases.record import Failure, Release, Result
from homeport.targets import Target


@dataclass
class Recording:
    """One release under way. `draft` says what it is to be, as far as that is known by now."""

    application: Application
    target: Target
    emit: Emit
    draft: Draft
    steps: Steps = field(default_factory=Steps)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @contextmanager
    def failure_recorded(self) -> Iterator[None]:
        """Record what fails in the context; a refusal is none, because nothing was begun."""
        try:
            yield
        except Refused:
            raise
        except HomeportError as error:
            failed = self.record("interrupted" if isinstance(error, Interrupted) else "failed", error)
            if way_of(self.target).still_serves(error):
                self._tell_what_serves(failed)
            raise

    def is_recorded(self) -> bool:
        """Whether the last release that succeeded is of the draft's configuration."""
        last = self.target.last_release(self.application.name, self.application.target_name)
        return last is not None and last.is_of(self.draft.configuration)

    def record_what_stands(self) -> None:
        """Where an attempt failed since, say in the newest record what serves: it was just made sure of."""
        failed = self.target.last_attempt(self.application.name, self.application.target_name)
        if failed is not None and failed.result != "succeeded":
            text = f"{self.record('succeeded').number} recorded: {failed.number} {failed.ended}, and this serves"
            self.emit(Event("release", self.application.name, text))

    def record(self, result: Result, error: HomeportError | None = None) -> Release:
        """Keep the release under the next number."""
        application, target, draft = self.application, self.target, self.draft
        release = Release(
            number=target.next_number(application.name, application.target_name),
            result=result,
            started=self.started,
            seconds=self.steps.seconds(),
            by=identity.who(),
            commit=draft.commit,
            manifest=draft.manifest,
            images=draft.images,
            configuration=draft.configuration,
            migrations=draft.migrations,
            schema=target.schema_version(application.root),
            steps=tuple(self.steps.taken),
            error=str(error or ""),
            failure=Failure.of(error) if error else None,
            homeport=__version__,
            of=draft.of,
            origin=draft.origin,
            postgres=draft.postgres,
        )
        target.record(application.name, application.target_name, release)
        return release

    def _tell_what_serves(self, failed: Release) -> None:
        last = self.target.last_release(self.application.name, self.application.target_name)
        serving = f"; release {last.number} goes on serving" if last else ""
        self.emit(Event("release", self.application.name, f"{failed.number} failed{serving}", "warning"))
