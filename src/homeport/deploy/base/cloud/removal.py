"""Taking down the base of an AWS account and region: `homeport setup TARGET --remove`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from homeport.aws import base as bases
from homeport.deploy.base.cloud.setup import ROOT, Confirm, workspace
from homeport.deploy.root import open_root
from homeport.deploy.ways.cloud.roots import place
from homeport.errors import NotSetUp, Refused
from homeport.events import Emit, Event
from homeport.stack import render_no_cloud_base
from homeport.targets import CloudTarget


@dataclass
class RemoveCloudBase:
    """One run on an open account and region."""

    target: CloudTarget
    confirm: Confirm
    emit: Emit

    def run(self) -> bool:
        """True when something was removed; False when nothing was there, or the person said no.

        Raises Refused while an application is there, by its name; TerraformFailed; Locked. The bucket goes last, with
        the history of every state and release.
        """
        nothing = render_no_cloud_base(place(self.target))
        try:
            with self.target.lock(ROOT, f"The base of {self.target.called} is being removed", self.emit) as lock:
                self._check_unused()
                with open_root(self.target, ROOT, nothing, workspace(self.target), lock, self.emit) as opened:
                    plan = opened.plan()
                    self._tell_what_goes()
                    if not self.confirm(plan):
                        return False
                    opened.apply(plan)
                self.target.bucket.remove(bases.FILE)
        except NotSetUp:
            return False
        self.target.bucket.remove_whole()
        return True

    def _tell_what_goes(self) -> None:
        """What no plan of Terraform's shows: the bucket is not in it."""
        bucket = self.target.bucket
        recorded = sorted({key.split("/")[1] for key in bucket.keys("releases/")})
        releases = f", and the records of the releases of {', '.join(recorded)}" if recorded else ""
        self.emit(Event("bucket", bucket.name, f"goes with it, with every state{releases}", "warning"))

    def _check_unused(self) -> None:
        standing = [root for root in self._roots() if self._holds_something(root)]
        if standing:
            application, _, target = standing[0].partition(".")
            raise Refused(
                f"The base of {self.target.called} carries applications: {', '.join(standing)}.",
                next_step=f"Take each down first, in its folder: homeport down {target} ({application}). "
                "Its data goes only with --delete-data.",
            )

    def _roots(self) -> list[str]:
        keys = self.target.bucket.keys("state/")
        return sorted({key.split("/")[1] for key in keys} - {ROOT})

    def _holds_something(self, root: str) -> bool:
        state = self.target.states(root).read()
        return bool(state and json.loads(state).get("resources"))
