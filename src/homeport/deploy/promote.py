"""A release of the very images that another target has: `homeport promote`."""

from __future__ import annotations

from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.application_root import promoting
from homeport.deploy.recording import Recording
from homeport.deploy.release import Confirm, Outcome, release
from homeport.deploy.taken import promoted
from homeport.deploy.ways import way_of
from homeport.events import Emit, Event
from homeport.releases.draft import Draft
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
        taken, draft = promoted(self.origin, self.source, self.application, self.target)
        self._tell(taken)
        return draft

    def _tell(self, taken: Release) -> None:
        commit = f", commit {taken.commit}" if taken.commit else ""
        text = f"promotes release {taken.number} of {self.origin}, of {taken.started} by {taken.by}{commit}"
        self.emit(Event("release", self.application.name, text, "start"))
