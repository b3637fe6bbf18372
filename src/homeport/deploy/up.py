"""A release of the sources: `homeport up`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from homeport.deploy import identity
from homeport.deploy.application import Application
from homeport.deploy.application_root import application_stack, deploying
from homeport.deploy.checks import check_against_base, check_migrations
from homeport.deploy.images import ApplicationImages, stoppable
from homeport.deploy.recording import Recording
from homeport.deploy.release import Confirm, Outcome, release
from homeport.deploy.upkeep import trim_build_cache
from homeport.events import Emit
from homeport.releases.draft import Draft
from homeport.stack.application import inputs
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Up:
    """One run of `homeport up`: an application, an open target, and the person's yes or no to the plan."""

    application: Application
    target: HomeTarget
    confirm: Confirm
    emit: Emit

    def run(self) -> Outcome:
        """Check, build what changed, release it.

        Raises what the step raises that fails. The old release then still serves; a failure is recorded, a refusal
        is not.
        """
        check_against_base(self.application, self.target)
        with deploying(self.application, self.target, self.emit) as lock:
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
        with recording.steps.step("build"), stoppable(self.emit) as stopped:
            built = ApplicationImages.of(self.application, self.target, self.emit, stopped).ensure()
        if any(one.built for one in built.values()):
            trim_build_cache(self.target, self.emit)
        images = {name: str(one.reference) for name, one in built.items()}
        stack = application_stack(self.application, self.target, images)
        return replace(recording.draft, images=images, configuration=inputs(stack))
