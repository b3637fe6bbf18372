"""A release of one target is sent ahead to another: `homeport promote --ahead`.

Its images and its record are then where the promotion goes to, so that it needs the server at home no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.application_root import open_application
from homeport.deploy.taken import promoted
from homeport.deploy.ways import way_of
from homeport.events import Emit, Event
from homeport.host import Lock
from homeport.releases.draft import Draft
from homeport.releases.record import Release
from homeport.targets import Target

KEPT = 5  # records of what was sent ahead


@dataclass(frozen=True, slots=True)
class Ahead:
    """One run of `homeport promote --ahead`: the application as it is on `origin`, whose open target is `source`."""

    origin: str
    source: Target
    application: Application
    target: Target
    emit: Emit

    def run(self) -> Release:
        """Send the images, then the record; what was sent before is not sent again. Changes nothing that serves.

        Raises Refused for what a promotion would be refused for, and where nothing can be sent ahead.
        """
        application, way = self.application, way_of(self.target)
        way.check(application)
        doing = f"a release of {application.name} is being sent ahead to {application.target_name}"
        kept = way_of(self.source).images_kept(application, self.emit)
        with self.target.lock(application.root, doing, self.emit) as lock, kept:
            taken, draft = promoted(self.origin, self.source, application, self.target)
            self._make_room(draft, lock)
            way.send_ahead(application, draft.images, self.source.registry(), self.emit)
            self._keep(taken)
            return taken

    def _make_room(self, draft: Draft, lock: Lock) -> None:
        """Where the images go is made by Terraform, as a promotion would make it, and nothing else is."""
        way = way_of(self.target)
        needed = way.needed_ahead(draft.configuration)
        if needed:
            wanted = way.root(draft.configuration)
            with open_application(self.application, self.target, wanted, lock, self.emit) as root:
                root.apply(root.plan(only=needed))

    def _keep(self, taken: Release) -> None:
        """Last, because whoever finds the record takes the images to be there."""
        files = self.target.release_files(self.application.name, self.origin)
        numbers = files.numbers()
        if not numbers or files.read(numbers[-1]) != taken.to_json():
            files.append(taken.to_json(), keep=KEPT)
        self.emit(Event("release", self.application.name, f"record {taken.number} of {self.origin} sent", "done"))


def was_sent_ahead(application: Application, origin: str, target: Target) -> bool:
    """Whether a release of another target waits there to be promoted."""
    return bool(target.release_files(application.name, origin).numbers())
