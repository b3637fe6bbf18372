"""A release that repeats an older one: `homeport rollback`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.application_root import deploying
from homeport.deploy.checks import secret_versions
from homeport.deploy.recording import Recording
from homeport.deploy.release import Confirm, Outcome, release
from homeport.deploy.root import whole_states
from homeport.deploy.ways import way_of
from homeport.events import Emit, Event
from homeport.releases import configuration
from homeport.releases.draft import Draft
from homeport.releases.record import Release
from homeport.releases.rollback import at_present, check_breaking, meant
from homeport.targets import Target


@dataclass(frozen=True, slots=True)
class Rollback:
    """One run of `homeport rollback`: to the release of that number, or without one to the release before."""

    application: Application
    target: Target
    number: int | None
    confirm: Confirm
    emit: Emit

    def run(self) -> Outcome:
        """Decide which release is meant and whether it can be had back, then release it anew. Builds nothing.

        Raises Refused, with nothing changed, for what stands in the way.
        """
        with deploying(self.application, self.target, self.emit) as lock:
            draft = self._draft()
            recording = Recording(self.application, self.target, self.emit, draft)
            with recording.failure_recorded():
                return release(recording, lock, self.confirm)

    def _draft(self) -> Draft:
        application, target = self.application, self.target
        releases = target.releases(application.name, application.target_name)
        wanted = meant(releases, self.number, called=f"{application.name} on {application.target_name}")
        self._tell(wanted)
        way_of(target).check_again(application, wanted)
        whole_states(target, application.root, self.emit)
        schema = target.schema(application.root)
        check_breaking(wanted, releases, schema)
        versions = secret_versions(application, target, configuration.secrets(wanted.configuration).keys())
        draft = at_present(wanted, releases, schema, versions)
        way_of(target).check_images(application, draft.images, f"release {wanted.number}", wanted.commit)
        self._tell_secrets(wanted, versions)
        return draft

    def _tell(self, wanted: Release) -> None:
        commit = f", commit {wanted.commit}" if wanted.commit else ""
        text = f"goes back to release {wanted.original}, of {wanted.started} by {wanted.by}{commit}"
        self.emit(Event("release", self.application.name, text, "start"))

    def _tell_secrets(self, wanted: Release, present: Mapping[str, str]) -> None:
        for name, version in sorted(configuration.secrets(wanted.configuration).items()):
            if present[name] != version:
                text = f"as it is now (version {present[name]}); release {wanted.number} had version {version}"
                self.emit(Event("secret", name, text, "warning"))
