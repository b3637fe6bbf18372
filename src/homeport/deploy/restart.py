"""New containers for what runs, without a release: `homeport restart`.

By Terraform, in the application's own root: the new containers start beside the old ones, the routes switch and drain
as in a release, and the state says what runs. From the last good release's configuration, so that what lies unreleased
in the sources is not deployed by the way. On a home server `-replace` alone would only give the running container a
new name, because creating adopts what already runs; so the provider is told to adopt none of these. On AWS it makes a
further revision of a task definition, which is deployed, followed and, where it fails, taken back as any other is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.application_root import open_application
from homeport.deploy.daily import Daily, daily_of
from homeport.deploy.root import OpenRoot
from homeport.deploy.services import check_service, never_released
from homeport.deploy.ways import way_of
from homeport.events import Emit
from homeport.host import Lock
from homeport.releases import configuration
from homeport.releases.record import Release
from homeport.targets import Target
from homeport.terraform import Plan

Confirm = Callable[[Plan], bool]


@dataclass(frozen=True)
class Restart:
    """One run of `homeport restart`; all that runs where no service is named. `confirm` is asked only when the plan
    holds more than the restart: what was changed by hand, or left by a release that was cut off."""

    application: Application
    target: Target
    services: Sequence[str]
    confirm: Confirm
    emit: Emit

    def run(self) -> tuple[str, ...]:
        """What was restarted; nothing when the person said no. When it fails, what ran before goes on serving."""
        doing = f"{self.application.name} is being restarted on {self.application.target_name}"
        way = way_of(self.target)
        with self.target.lock(self.application.root, doing, self.emit) as lock:
            last = self._last()
            addresses = self._daily.renewable(last.configuration)
            chosen = self._chosen(addresses)
            if not self._apply(last, [addresses[name] for name in chosen], chosen, lock):
                return ()
            way.sweep(self.application, configuration.hosts(last.configuration), self.emit)
            return chosen

    @property
    def _daily(self) -> Daily:
        return daily_of(self.application, self.target)

    def _last(self) -> Release:
        last = self.target.last_release(self.application.name, self.application.target_name)
        if last is None:
            raise never_released(self.application, self._daily.release_command())
        return last

    def _chosen(self, released: Mapping[str, str]) -> tuple[str, ...]:
        for name in self.services:
            check_service(self.application, name, released)
            if name not in released:
                raise self._daily.not_released(name)
        return tuple(dict.fromkeys(self.services)) or tuple(released)

    def _apply(self, last: Release, addresses: Sequence[str], chosen: Sequence[str], lock: Lock) -> bool:
        daily = self._daily
        wanted = daily.renewing(last.configuration, chosen)
        with open_application(self.application, self.target, wanted, lock, self.emit) as root:
            root.provider.renewed = frozenset(chosen)
            plan = root.plan(replace=addresses)
            if any(not daily.is_renewal(change, chosen) for change in plan.changes) and not self.confirm(plan):
                return False
            self._switch(root, plan)
            return True

    def _switch(self, root: OpenRoot, plan: Plan) -> None:
        with way_of(self.target).candidates_withdrawn(self.application, self.emit):
            root.apply(plan)
