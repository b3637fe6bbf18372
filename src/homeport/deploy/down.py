"""Taking an application off a target: `homeport down`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from homeport.deploy.application import Application
from homeport.deploy.application_root import deploying
from homeport.deploy.root import open_root
from homeport.deploy.ways import Way, way_of
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.host import Lock
from homeport.stack import Root
from homeport.targets import Target
from homeport.terraform import Plan

Confirm = Callable[[Plan], bool]
Did = Literal["applied", "nothing", "declined"]


@dataclass
class Down:
    """One run of `homeport down`. `delete_data` drops the database too; without it, `up` finds the data again."""

    application: Application
    target: Target
    confirm: Confirm
    emit: Emit
    delete_data: bool = False

    def run(self) -> Did:
        """What was done: `nothing` where nothing of it was there."""
        way = way_of(self.target)
        with deploying(self.application, self.target, self.emit) as lock:
            self._check_noted(way, lock)
            # Each is asked for where nothing was yet: an interrupted run may have applied the first alone.
            done = set[Did]()
            for root in way.roots_without(self.application, delete_data=self.delete_data):
                done.add(self._apply(root, lock, (lambda plan: True) if "applied" in done else self.confirm))
                if "declined" in done:
                    return "declined"
            way.sweep(self.application, self.application.hosts(self.target), self.emit)
            if self.delete_data and self._forgets_secrets():
                done.add("applied")
            if stays := way.what_stays(self.application):
                self.emit(Event("down", self.application.name, stays, "warning"))
            return "applied" if "applied" in done else "nothing"

    def _check_noted(self, way: Way, lock: Lock) -> None:
        """Raises Refused for what no state knows of: it would stay, and cost."""
        root, name, place = way.whole_root(self.application), self.application.name, self.application.target_name
        if root is None:
            return
        with open_root(self.target, self.application.root, root, self.application.workspace, lock, self.emit) as opened:
            left = opened.unnoted()
        if left:
            raise Refused(
                f"An interrupted release of {name} made on {place} what no state knows of: {left}.",
                next_step=f"Go on with it first, then take it down: homeport promote FROM {place}",
            )

    def _forgets_secrets(self) -> bool:
        """They go with the data, also where an interrupted run, or one without --delete-data, took the rest."""
        names = self.target.secrets.list(self.application.root)
        self.target.secrets.forget(self.application.root)
        if names:
            self.emit(Event("secret", ", ".join(names), "deleted", "done"))
        return bool(names)

    def _apply(self, root: Root, lock: Lock, confirm: Confirm) -> Did:
        folder = self.application.workspace
        with open_root(self.target, self.application.root, root, folder, lock, self.emit) as opened:
            plan = opened.plan()
            if plan.is_empty:
                opened.apply(plan)  # what a killed run removed without saying so leaves the state, too
                return "nothing"
            if not confirm(plan):
                return "declined"
            opened.apply(plan)
            return "applied"
