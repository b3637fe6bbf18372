"""The whole deploy to AWS on this machine, against an emulator with real containers: `homeport rehearse`.

The steps are those of a real one, by the same code: the base, then a release. What differs: the images are built here
and not taken from a server at home, secrets have stand-ins, and all of it is taken away at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from homeport.aws import Session
from homeport.aws.emulator import require_ministack
from homeport.deploy.application import Application
from homeport.deploy.base.cloud import SetUpCloud
from homeport.deploy.identity import holder
from homeport.deploy.migrations import examine
from homeport.deploy.postgres_major import check_application
from homeport.deploy.rehearsal import base_of, can_be_looked_at, is_assumed, stand_ins
from homeport.deploy.stage import Engine, Stage, stage
from homeport.deploy.up import Up
from homeport.deploy.ways.cloud import checks, verify
from homeport.errors import CloudFailed, HomeportError, Interrupted
from homeport.events import Emit, Event
from homeport.manifest import AwsBase, AwsTarget
from homeport.releases.parity import NOT_PROVEN_AT_HOME, NOT_PROVEN_BY_AN_EMULATOR, Unproven
from homeport.releases.record import Release
from homeport.secret import Secret
from homeport.targets import CloudTarget
from homeport.terraform import Plan, find

CLOUDFRONT, LOAD_BALANCER = "CloudFront", "the load balancer"


@dataclass(frozen=True, slots=True)
class Heard:
    """What one route answered. `by` is whose data plane was asked; while all stands it can be asked again at `door`
    with these headers, because no name leads there."""

    by: str
    service: str
    url: str
    status: int
    door: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal that succeeded: `stand_ins` are the names of the secrets that had random values; the target
    `is_assumed` where the manifest has none on AWS."""

    application: str
    target: str
    is_assumed: bool
    account: str
    region: str
    release: Release
    heard: tuple[Heard, ...]
    stand_ins: tuple[str, ...]
    seconds: float
    unproven: tuple[Unproven, ...] = (*NOT_PROVEN_AT_HOME, *NOT_PROVEN_BY_AN_EMULATOR)


Show = Callable[[CloudTarget, str, Plan], None]
Hold = Callable[[Mapping[str, str], Rehearsed | HomeportError], None]


@dataclass(frozen=True)
class Rehearse:
    """One run of `homeport rehearse`: an application, its target on AWS, and the owner's base if there is one.

    `show` is given the target, the name of each plan, and the plan, before it is applied. `hold` is called while all
    stands, with the environment that leads there and what came of it, unless that is nothing to look at; when it
    returns, all is taken away.
    """

    application: Application
    target: AwsTarget
    base: AwsBase | None
    show: Show
    emit: Emit
    hold: Hold
    _started: float = field(default_factory=time.monotonic)

    def run(self) -> Rehearsed:
        """Check, start the emulator, set up, release, ask both data planes, take everything away.

        Raises Refused for what AWS, or a rehearsal, does not take, before anything is started; and what the step
        raises that fails, once nothing is left.
        """
        engine = self._checked()
        with stage(engine, self.target, self.emit) as standing:
            with self._failure_held(standing):
                rehearsed = self._rehearsed(standing)
            self.hold(standing.running.environment, rehearsed)
        return rehearsed

    def _checked(self) -> Engine:
        """The engine, when nothing is in the way that can be seen beforehand."""
        require_ministack()
        find()
        application = self.application
        self._tell_what_is_assumed()
        checks.check_manifest(application)
        there = Session(self.target.region, self.target.account, target=application.target_name)
        checks.check_domain(base_of(self.base, self.target.hosts).domain or "", there, self.target.hosts)
        examine(application.folder, application.manifest.database, ()).refuse()
        engine = Engine.ready(self.emit)
        check_application(engine.client, engine.images.postgres, application.name, application.postgres)
        return engine

    def _tell_what_is_assumed(self) -> None:
        if is_assumed(self.target):
            place = f"account {self.target.account}, {self.target.region}"
            text = f"assumed, because {self.application.name} has none on AWS: {place}"
            self.emit(Event("target", self.application.target_name, text, "warning"))

    @contextmanager
    def _failure_held(self, standing: Stage) -> Iterator[None]:
        try:
            yield
        except (Interrupted, KeyboardInterrupt) as error:
            raise Interrupted("The rehearsal was stopped, and is taken away.") from error
        except HomeportError as error:
            if can_be_looked_at(error):
                self.hold(standing.running.environment, error)
            raise

    def _rehearsed(self, standing: Stage) -> Rehearsed:
        # Terraform's folder is not the application's own: that one belongs to the real target.
        application = replace(self.application, scratch=standing.running.folder / "terraform")
        with CloudTarget.open(self.target, name=application.target_name, holder=holder(), emit=self.emit) as target:
            self._set_up(target)
            secrets = self._place_stand_ins(target)
            release = self._release(standing, application, target, secrets)
            heard = tuple(_heard(target, release))
        return Rehearsed(
            application=application.name,
            target=application.target_name,
            is_assumed=is_assumed(self.target),
            account=self.target.account,
            region=self.target.region,
            release=release,
            heard=heard,
            stand_ins=tuple(secrets),
            seconds=round(time.monotonic() - self._started, 1),
        )

    def _set_up(self, target: CloudTarget) -> None:
        base = base_of(self.base, self.target.hosts)
        if self.base is not None and self.base.zone:
            self.emit(Event("base", "zone", "left out: a hosted zone is in its own account only", "warning"))
        if base.domain and not (self.base and self.base.domain):
            self.emit(Event("base", "domain", f"{base.domain}, after the host names of the target", "warning"))
        SetUpCloud(target, base, self._shown(target, "base"), self.emit).run()

    def _place_stand_ins(self, target: CloudTarget) -> dict[str, Secret]:
        secrets = stand_ins(self.application)
        target.secrets.set_all(self.application.root, secrets)
        for name in secrets:
            self.emit(Event("secret", name, "has a random stand-in: no real value is used", "warning"))
        return secrets

    def _release(
        self, standing: Stage, application: Application, target: CloudTarget, secrets: Mapping[str, Secret]
    ) -> Release:
        """The one way of a release, of images that are built here; Terraform copies them to ECR."""
        target.take_images_from(standing.registry)
        outcome = Up(
            application,
            target,
            self._shown(target, application.name),
            self.emit,
            build=lambda application, emit: standing.build(application, secrets, emit),
        ).run()
        if outcome.release is None:
            raise CloudFailed(f"{application.name} was not released.")
        return outcome.release

    def _shown(self, target: CloudTarget, name: str) -> Callable[[Plan], bool]:
        def confirm(plan: Plan) -> bool:
            self.show(target, name, plan)
            return True

        return confirm


def _heard(target: CloudTarget, release: Release) -> Iterator[Heard]:
    """Every route by CloudFront where there is a site, and what the load balancer carries by itself, too.

    Raises CloudFailed where nothing answers.
    """
    given = release.configuration
    found = verify.standing_of(target, given)
    balanced = list(verify.routes_of_load_balancer(target, given, found))
    planes = {LOAD_BALANCER: balanced}
    if found.distribution:
        planes = {CLOUDFRONT: list(verify.routes(target, given, found)), **planes}
    for by, asked in planes.items():
        for one, answer in zip(asked, verify.answers_of(target, given, asked), strict=True):
            yield Heard(by, answer.service, answer.url, answer.status, one.door.url, dict(one.door.headers))
