"""Taking an application off a target: `homeport down`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from homeport.deploy.application import Application
from homeport.deploy.application_root import deploying, sweep
from homeport.deploy.root import open_root
from homeport.events import Emit
from homeport.host import Lock
from homeport.stack import Root, empty_root
from homeport.stack.application import ApplicationStack, render_data_only
from homeport.targets import HomeTarget
from homeport.terraform import Plan

Confirm = Callable[[Plan], bool]
Did = Literal["applied", "nothing", "declined"]


@dataclass
class Down:
    """One run of `homeport down`. `delete_data` drops the database too; without it, `up` finds the data again."""

    application: Application
    target: HomeTarget
    confirm: Confirm
    emit: Emit
    delete_data: bool = False

    def run(self) -> bool:
        """True when something was removed; False when nothing was there, or the person said no."""
        with deploying(self.application, self.target, self.emit) as lock:
            # Each is asked for where nothing was yet: an interrupted run may have applied the first alone.
            done = set[Did]()
            for root in self._roots():
                done.add(self._apply(root, lock, (lambda plan: True) if "applied" in done else self.confirm))
                if "declined" in done:
                    return False
            sweep(self.application, self.target, self.application.hosts(self.target), self.emit)
            if "applied" in done and self.delete_data:
                self.target.drivers.secrets.forget(self.application.root)
            return "applied" in done

    def _roots(self) -> list[Root]:
        """A database is dropped only if its state says so: that is applied first, on what is left of the rest."""
        marked = self.delete_data and self.application.manifest.database is not None
        return [self._data_only(), self._nothing()] if marked else [self._nothing()]

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

    def _nothing(self) -> Root:
        return empty_root(host=self.target.address, instance=self.target.home.instance)

    def _data_only(self) -> Root:
        return render_data_only(
            ApplicationStack(
                manifest=self.application.manifest,
                target=self.application.target_name,
                host=self.target.address,
                instance=self.target.home.instance,
                hosts=self.application.hosts(self.target),
                images={},
                secrets={},
            )
        )
