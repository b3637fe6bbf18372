"""New containers for what runs, without a release: `homeport restart`.

By Terraform, in the application's own root: the new containers start beside the old ones, the routes switch and drain
as in a release, and the state says what runs. From the last good release's configuration, so that what lies unreleased
in the sources is not deployed by the way. `-replace` alone would only give the running container a new name, because
creating adopts what already runs; so the provider is told to adopt none of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.root import OpenRoot, open_root
from homeport.deploy.services import check_service
from homeport.deploy.ways.home.roots import root_of
from homeport.deploy.ways.home.withdrawing import candidates_withdrawn, sweep
from homeport.errors import Refused
from homeport.events import Emit
from homeport.host import Lock
from homeport.releases import configuration
from homeport.releases.record import Release
from homeport.stack.application import container_addresses
from homeport.targets import HomeTarget
from homeport.terraform import Change, Plan

Confirm = Callable[[Plan], bool]


@dataclass(frozen=True)
class Restart:
    """One run of `homeport restart`; all that runs where no service is named. `confirm` is asked only when the plan
    holds more than the restart: what was changed by hand, or left by a release that was cut off."""

    application: Application
    target: HomeTarget
    services: Sequence[str]
    confirm: Confirm
    emit: Emit

    def run(self) -> tuple[str, ...]:
        """What was restarted; nothing when the person said no. When it fails, the old containers go on serving."""
        doing = f"{self.application.name} is being restarted on {self.application.target_name}"
        with self.target.lock(self.application.root, doing, self.emit) as lock:
            last = self._last()
            addresses = container_addresses(last.configuration)
            chosen = self._chosen(addresses)
            if not self._apply(last, [addresses[name] for name in chosen], chosen, lock):
                return ()
            sweep(self.application, self.target, configuration.hosts(last.configuration), self.emit)
            return chosen

    def _last(self) -> Release:
        last = self.target.last_release(self.application.name, self.application.target_name)
        if last is None:
            raise Refused(
                f"{self.application.name} was never released on {self.application.target_name}.",
                next_step=f"Run: homeport up {self.application.target_name}",
            )
        return last

    def _chosen(self, released: Mapping[str, str]) -> tuple[str, ...]:
        for name in self.services:
            check_service(self.application, name, released)
            if name not in released:
                raise Refused(
                    f"{name} of {self.application.name} was not yet released on {self.application.target_name}.",
                    next_step=f"Run: homeport up {self.application.target_name}",
                )
        return tuple(dict.fromkeys(self.services)) or tuple(released)

    def _apply(self, last: Release, addresses: Sequence[str], chosen: Sequence[str], lock: Lock) -> bool:
        target, name = self.target, self.application.root
        with open_root(
            target, name, root_of(target, last.configuration), self.application.workspace, lock, self.emit
        ) as root:
            root.provider.renewed = frozenset(chosen)
            plan = root.plan(replace=addresses)
            if any(not _is_restart(change, chosen) for change in plan.changes) and not self.confirm(plan):
                return False
            self._switch(root, plan)
            return True

    def _switch(self, root: OpenRoot, plan: Plan) -> None:
        with candidates_withdrawn(self.application, self.target, self.emit):
            root.apply(plan)


def _is_restart(change: Change, chosen: Sequence[str]) -> bool:
    if change.noun == "container":
        return change.values["service"] in chosen and change.action in ("create", "replace")
    return change.noun == "route" and change.action == "update"
