"""Taking an application off a target: `homeport down`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.root import open_root
from homeport.deploy.up import deploying, sweep
from homeport.events import Emit
from homeport.host import Lock
from homeport.stack import Root, empty_root
from homeport.stack.application import ApplicationStack, render_data_only
from homeport.targets import HomeTarget
from homeport.terraform import Plan

Confirm = Callable[[Plan], bool]


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
        with deploying(self.application, self.target) as lock:
            marked = self.delete_data and self.application.manifest.database is not None
            # A database is dropped only if its state says so: that is applied first, on what is left of the rest.
            if marked and not self._apply(self._data_only(), lock, self.confirm):
                return False
            removed = self._apply(self._nothing(), lock, (lambda plan: True) if marked else self.confirm)
            if removed:
                sweep(self.application, self.target, self.emit)
            if removed and self.delete_data:
                self.target.drivers.secrets.forget(self.application.root)
            return removed

    def _apply(self, root: Root, lock: Lock, confirm: Confirm) -> bool:
        folder = self.application.workspace
        with open_root(self.target, self.application.root, root, folder, lock, self.emit) as opened:
            plan = opened.plan()
            if plan.is_empty or not confirm(plan):
                return False
            opened.apply(plan)
            return True

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
