"""A release of the sources: `homeport up`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from homeport.deploy import identity
from homeport.deploy.application import Application
from homeport.deploy.application_root import checked, deploying
from homeport.deploy.checks import check_migrations
from homeport.deploy.recording import Recording
from homeport.deploy.release import Confirm, Outcome, release
from homeport.deploy.ways import way_of
from homeport.events import Emit
from homeport.releases.draft import Draft
from homeport.targets import Target

Build = Callable[[Application, Emit], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Up:
    """One run of `homeport up`: an application, an open target, and the person's yes or no to the plan.

    `build` gives the images by name; unless it is given, as the target's way has it.
    """

    application: Application
    target: Target
    confirm: Confirm
    emit: Emit
    build: Build | None = None

    def run(self) -> Outcome:
        """Check, build what changed, release it.

        Raises what the step raises that fails. The old release then still serves; a failure is recorded, a refusal
        is not.
        """
        application, target = self.application, self.target
        with checked(application, target, deploying(application, target, self.emit)) as lock:
            recording = Recording(self.application, self.target, self.emit, self._draft())
            with recording.failure_recorded():
                recording.draft = self._built(recording)
                return release(recording, lock, self.confirm)

    def _draft(self) -> Draft:
        """Of the sources as they lie in the folder."""
        application = self.application
        return Draft(
            commit=identity.commit(application.folder),
            manifest=application.manifest_hash(),
            migrations=check_migrations(application, self.target, self.emit),
            postgres=application.postgres,
        )

    def _built(self, recording: Recording) -> Draft:
        """The draft with its images, and the configuration that names them."""
        way = way_of(self.target)
        with recording.steps.step("build"):
            images = (self.build or way.built)(self.application, self.emit)
        return replace(recording.draft, images=images, configuration=way.configuration(self.application, images))
