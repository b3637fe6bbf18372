"""What a release does on AWS, each in a file beside this one.

Less than at home: Terraform's own resources do it there, a rollout puts back by itself what does not become healthy,
and nothing of a release is made outside of the state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from homeport.aws.services import services
from homeport.cost import estimate
from homeport.deploy.answers import Answer
from homeport.deploy.application import Application
from homeport.deploy.checks import check_platforms
from homeport.deploy.cost import Cost, cost_of
from homeport.deploy.summary import Line
from homeport.deploy.ways.cloud import bringing, checks, roots, verify
from homeport.deploy.ways.cloud.standing import standing
from homeport.deploy.ways.cloud.staying import what_stays
from homeport.deploy.ways.cloud.summary import component_of, models_of, summarize
from homeport.deploy.ways.part import Part
from homeport.errors import DatabaseFailed, HomeportError, MigrationFailed
from homeport.events import Emit
from homeport.oci import Reference, Registry
from homeport.releases import configuration as configurations
from homeport.releases.parity import NOT_PROVEN_AT_HOME, Unproven
from homeport.releases.record import Release
from homeport.stack import Root
from homeport.targets import CloudTarget, Target
from homeport.terraform import Plan


@dataclass(frozen=True, slots=True)
class CloudWay:
    """The way of a release to one region of an AWS account; see `Way`."""

    target: CloudTarget

    def check(self, application: Application) -> None:
        checks.check_manifest(application)
        checks.check_postgres(application, standing(self.target.states(application.root).read()).postgres)
        self._check_hosts(application.hosts(self.target))

    def check_again(self, application: Application, release: Release) -> None:
        self._check_hosts(configurations.hosts(release.configuration))

    def _check_hosts(self, hosts: Collection[str]) -> None:
        checks.check_hosts(self.target.base, self.target.session, hosts)

    def check_images(self, application: Application, images: Mapping[str, str], named: str, commit: str) -> None:
        checks.check_images(self.target, application.target_name, images, named, commit)

    def check_gives(self, application: Application, images: Mapping[str, str], origin: str, release: Release) -> None:
        checks.check_gives(application, origin)
        self.check_images(application, images, f"release {release.number} of {origin}", release.commit)
        sent = [checks.wanted(Reference.parse(image), application.target_name).here for image in images.values()]
        check_platforms(self.target.registry(), sent, application.manifest.platform, origin)

    def images_kept(self, application: Application, emit: Emit) -> AbstractContextManager[None]:
        """ECR's lifecycle leaves alone what a kept release names."""
        return nullcontext()

    def wait_for_upkeep(self, emit: Emit) -> None:
        """Nothing removes images there while a lock is held."""

    def built(self, application: Application, emit: Emit) -> dict[str, str]:
        raise bringing.refuse_to_build(application)

    def looked_up(self, application: Application, emit: Emit) -> dict[str, str]:
        return bringing.looked_up(application, self.target, emit)

    def needed_ahead(self, configuration: Mapping[str, Any]) -> tuple[str, ...]:
        return bringing.needed_ahead(self.target, configuration)

    def send_ahead(self, application: Application, images: Mapping[str, str], source: Registry, emit: Emit) -> None:
        bringing.send_ahead(application, images, source, self.target, emit)

    def bring(self, images: Mapping[str, str], source: Target, emit: Emit) -> None:
        bringing.from_source(source, self.target)

    def unproven(self) -> tuple[Unproven, ...]:
        return NOT_PROVEN_AT_HOME

    def configuration(self, application: Application, images: Mapping[str, str]) -> dict[str, Any]:
        return roots.configuration(application, self.target, images)

    def root(self, configuration: Mapping[str, Any]) -> Root:
        return roots.root_of(self.target, configuration)

    def whole_root(self, application: Application) -> Root | None:
        return roots.whole_root(application, self.target)

    def roots_without(self, application: Application, *, delete_data: bool) -> list[Root]:
        return roots.roots_without(application, self.target, delete_data=delete_data)

    def what_stays(self, application: Application) -> str:
        instance = standing(self.target.states(application.root).read()).instance
        return what_stays(instance, self.target.secrets.list(application.root), application.target_name)

    def in_words(self, plan: Plan, *, everything: bool = False) -> list[Line]:
        return summarize(plan, everything=everything)

    def cost(self, plan: Plan) -> Cost | None:
        if plan.is_empty:
            return None
        models = models_of(plan.resources)
        found = estimate(plan.resources, self.target.session.region)
        return cost_of(found, lambda address: str(component_of(address, models)))

    def prepare(self, emit: Emit) -> None:
        """AWS renews its certificates by itself."""

    def migrates(self, plan: Plan) -> bool:
        return any(change.action != "delete" for change in plan.of("ecs_task"))

    def candidates_withdrawn(self, application: Application, emit: Emit) -> AbstractContextManager[None]:
        """A rollout puts its own service back."""
        return nullcontext()

    def verify(self, configuration: Mapping[str, Any]) -> tuple[Answer, ...]:
        return verify.verify(self.target, configuration)

    def sweep(self, application: Application, hosts: Collection[str], emit: Emit) -> None:
        """All that a release makes is in the state."""

    def tidy(self, application: Application, images: Collection[str], emit: Emit) -> None:
        """Images that nothing returns to go by ECR's own lifecycle."""

    def still_serves(self, error: HomeportError) -> bool:
        """Services roll out beside each other: only what comes before all of them changes none."""
        return isinstance(error, DatabaseFailed | MigrationFailed)

    def running(self, application: Application) -> tuple[Part, ...]:
        names = standing(self.target.states(application.root).read()).services
        parts = {name: service for service, name in names.items()}
        found = services(self.target.session, str(self.target.base.outputs["cluster"]), tuple(parts))
        return tuple(
            Part(parts[one.name], one.name, one.image, f"{one.running} of {one.wanted} run")
            for one in sorted(found, key=lambda one: parts[one.name])
        )

    def without_a_secret(self) -> str:
        return (
            "what runs keeps its value, but AWS can start no further task of it, after a failure for example, "
            "until it is set again"
        )

    def registry_backup(self) -> str | None:
        return None
