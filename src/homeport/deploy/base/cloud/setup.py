"""The base of an AWS account and region: `homeport setup TARGET`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from homeport import __version__, cache
from homeport.aws import base as bases
from homeport.aws import certificates
from homeport.aws.base import CloudBase
from homeport.deploy.root import open_root
from homeport.deploy.ways.cloud.roots import place
from homeport.errors import NotSetUp
from homeport.events import Emit, Event
from homeport.host import Lock
from homeport.manifest import AwsBase
from homeport.stack import CloudBaseStack, Root, render_cloud_base
from homeport.targets import CloudTarget
from homeport.terraform import Plan

Confirm = Callable[[Plan], bool]
ROOT = "base"


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record to be added where the domain's DNS is kept."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class CloudOutcome:
    """What `setup` did and what stands now: `deploy_roles` are ARNs by what may take them on GitHub; `awaited` are
    the records that certificates wait for."""

    did: Literal["set up", "nothing", "declined"]
    base: CloudBase | None
    deploy_roles: Mapping[str, str] = field(default_factory=dict)
    plan_role: str = ""
    awaited: tuple[DnsRecord, ...] = ()


@dataclass
class SetUpCloud:
    """One run of `homeport setup` on an open account and region; `wanted` is the owner's section `aws`."""

    target: CloudTarget
    wanted: AwsBase
    confirm: Confirm
    emit: Emit

    def run(self) -> CloudOutcome:
        """The state bucket first, then plan, confirm, apply, and a record of what came of it.

        Raises Refused for a bucket of that name which is somebody else's; TerraformFailed; Locked.
        """
        self.target.bucket.ensure()
        with self.target.lock(ROOT, f"The base of {self.target.called} is being set up", self.emit) as lock:
            return self._set_up(lock)

    def _set_up(self, lock: Lock) -> CloudOutcome:
        """Certificates that AWS issues while one is looking on are taken up at once, by a second plan."""
        is_issued = self._is_issued(outputs_of(self.target.states(ROOT).read()))
        made = self._make(lock, is_issued)
        if made.did == "set up" and not is_issued and self._is_issued(outputs_of(self.target.states(ROOT).read())):
            return self._make(lock, True)
        return made

    def _make(self, lock: Lock, is_issued: bool) -> CloudOutcome:
        root = base_root(self.target, self.wanted, is_issued)
        with open_root(self.target, ROOT, root, workspace(self.target), lock, self.emit) as opened:
            standing, plan = self._standing(), opened.plan()
            if not plan.is_empty:
                if not self.confirm(plan):
                    return CloudOutcome("declined", standing)
                opened.apply(plan)
        outputs = outputs_of(self.target.states(ROOT).read())
        base = self._base(standing, outputs)
        if base != standing:
            bases.save(self.target.bucket, base)
        return CloudOutcome(
            "nothing" if plan.is_empty and base == standing else "set up",
            base,
            outputs.get("deploy_roles") or {},
            outputs.get("plan_role") or "",
            () if is_issued else tuple(DnsRecord(**one) for one in outputs.get("certificate_records") or ()),
        )

    def _is_issued(self, outputs: Mapping[str, Any]) -> bool:
        """Where the domain's zone is in this account, Terraform waits for them itself."""
        domain = self.wanted.domain
        if domain is None or self.wanted.zone is not None:
            return False
        return certificates.are_issued(self.target.session, domain, outputs.get("certificates") or {})

    def _standing(self) -> CloudBase | None:
        """A damaged record is no reason to stop: it is made of Terraform's outputs again."""
        try:
            return bases.load(self.target.bucket)
        except NotSetUp as error:
            self.emit(Event("base", "", f"{error.message} It is written anew.", "warning"))
            return None

    def _base(self, standing: CloudBase | None, outputs: Mapping[str, Any]) -> CloudBase:
        session = self.target.session
        return CloudBase(
            id=standing.id if standing else uuid.uuid4().hex,
            account=session.account,
            region=session.region,
            domain=self.wanted.domain or "",
            outputs=outputs["base"],
            homeport=__version__,
        )


def base_root(target: CloudTarget, wanted: AwsBase, is_issued: bool) -> Root:
    """The root of an account's base."""
    endpoints = target.session.endpoints
    stack = CloudBaseStack(wanted, target.bucket.name, endpoints.client_image, is_issued)
    return render_cloud_base(stack, place(target))


def workspace(target: CloudTarget) -> Path:
    """Where Terraform runs for a base: it belongs to no repository, so it lies in the login's cache."""
    return cache.folder() / "aws" / target.bucket.name / "base"


def outputs_of(state: bytes | None) -> Mapping[str, Any]:
    """The outputs in a state of Terraform's, by name."""
    found = json.loads(state).get("outputs", {}) if state else {}
    return {name: output["value"] for name, output in found.items()}
