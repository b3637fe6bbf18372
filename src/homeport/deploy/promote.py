"""A release of the very images that another target has: `homeport promote`."""

from __future__ import annotations

from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.application_root import promoting
from homeport.deploy.checks import check_follow
from homeport.deploy.images import MIGRATIONS
from homeport.deploy.recording import Recording
from homeport.deploy.release import Confirm, Outcome, release
from homeport.deploy.ways import way_of
from homeport.events import Emit, Event
from homeport.releases.draft import Draft
from homeport.releases.promotion import images_for, promotable
from homeport.releases.record import Release
from homeport.targets import Target
from homeport.terraform import Plan


@dataclass(frozen=True, slots=True)
class Promote:
    """One run of `homeport promote`: the application as it is on `origin`, whose open target is `source`, to `target`.

    On one server, `source` and `target` may be the same, and where the release was sent ahead.
    """

    origin: str
    source: Target
    application: Application
    target: Target
    confirm: Confirm
    emit: Emit

    def run(self) -> Outcome:
        """Take the origin's release, copy its images where they are not, release them. Builds nothing.

        Raises Refused, with nothing changed, for what stands in the way.
        """
        way = way_of(self.target)
        with promoting(self.application, self.source, self.target, self.emit) as lock:
            recording = Recording(self.application, self.target, self.emit, self._draft())
            with recording.failure_recorded():
                with recording.steps.step("copy"):
                    way.bring(recording.draft.images, self.source, self.emit)
                return release(recording, lock, self._confirm)

    def _confirm(self, plan: Plan) -> bool:
        """What the origin could not show is said before somebody says yes."""
        for one in way_of(self.target).unproven():
            self.emit(Event("unproven", one.subject, one.sentence, "warning"))
        return self.confirm(plan)

    def _draft(self) -> Draft:
        """The origin's images and migrations with the target's own configuration."""
        application = self.application
        promoted = promotable(self.source.releases(application.name, self.origin), called=self.origin)
        self._tell(promoted)
        images = images_for(application.images, promoted, called=self.origin)
        way_of(self.source).check_gives(
            application, images, f"release {promoted.number} of {self.origin}", promoted.commit
        )
        migrations = promoted.migrations if MIGRATIONS in images else ()
        check_follow(application, self.target, migrations, f"release {promoted.number} of {self.origin}: ")
        return Draft(
            commit=promoted.commit,
            manifest=application.manifest_hash(),
            migrations=migrations,
            postgres=application.postgres,
            images=images,
            configuration=way_of(self.target).configuration(application, images),
            origin=f"{self.origin} {promoted.number}",
        )

    def _tell(self, promoted: Release) -> None:
        commit = f", commit {promoted.commit}" if promoted.commit else ""
        text = f"promotes release {promoted.number} of {self.origin}, of {promoted.started} by {promoted.by}{commit}"
        self.emit(Event("release", self.application.name, text, "start"))
