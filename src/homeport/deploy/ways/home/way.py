"""What a release does on a home server, each in a file beside this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from homeport.deploy import upkeep
from homeport.deploy.answers import Answer
from homeport.deploy.application import Application
from homeport.deploy.checks import check_platforms
from homeport.deploy.cost import Cost
from homeport.deploy.failures import BEFORE_THE_SWITCH
from homeport.deploy.summary import Line
from homeport.deploy.ways.home import bringing, checks, roots, verify, withdrawing
from homeport.deploy.ways.home.pruning import images_kept, wait_for_a_prune
from homeport.deploy.ways.home.summary import summarize
from homeport.deploy.ways.part import Part
from homeport.errors import HomeportError
from homeport.events import Emit
from homeport.home.container.running import running
from homeport.home.registry_store.notes import last_backup
from homeport.oci import Reference, Registry
from homeport.releases import configuration as configurations
from homeport.releases.parity import Unproven
from homeport.releases.record import Release
from homeport.stack import Root
from homeport.stack.application import inputs
from homeport.targets import HomeTarget, Target
from homeport.terraform import Plan


@dataclass(frozen=True, slots=True)
class HomeWay:
    """The way of a release to one home server; see `Way`."""

    target: HomeTarget

    def check(self, application: Application) -> None:
        with ThreadPoolExecutor(1) as pool:  # the way to the registry is opened meanwhile
            pool.submit(lambda: self.target.registry().open())
            checks.check_against_base(application, self.target)

    def check_again(self, application: Application, release: Release) -> None:
        checks.check_postgres(application, self.target, release.postgres)
        checks.check_hosts(application, self.target, configurations.hosts(release.configuration))

    def check_images(self, application: Application, images: Mapping[str, str], named: str, commit: str) -> None:
        checks.check_images(self.target, images, named, commit)

    def check_gives(self, application: Application, images: Mapping[str, str], origin: str, release: Release) -> None:
        checks.check_images(self.target, images, f"release {release.number} of {origin}", release.commit)
        references = [Reference.parse(image) for image in images.values()]
        check_platforms(self.target.registry(), references, application.manifest.platform, origin)

    def images_kept(self, application: Application, emit: Emit) -> AbstractContextManager[None]:
        return images_kept(application, self.target, emit)

    def wait_for_upkeep(self, emit: Emit) -> None:
        wait_for_a_prune(self.target, emit)

    def built(self, application: Application, emit: Emit) -> dict[str, str]:
        return bringing.built(application, self.target, emit)

    def looked_up(self, application: Application, emit: Emit) -> dict[str, str]:
        return bringing.looked_up(application, self.target, emit)

    def needed_ahead(self, configuration: Mapping[str, Any]) -> tuple[str, ...]:
        raise bringing.not_ahead(configuration["target"])

    def send_ahead(self, application: Application, images: Mapping[str, str], source: Registry, emit: Emit) -> None:
        raise bringing.not_ahead(application.target_name)

    def bring(self, images: Mapping[str, str], source: Target, emit: Emit) -> None:
        bringing.copied(images, source, self.target, emit)

    def unproven(self) -> tuple[Unproven, ...]:
        return ()

    def configuration(self, application: Application, images: Mapping[str, str]) -> dict[str, Any]:
        return inputs(roots.application_stack(application, self.target, images))

    def root(self, configuration: Mapping[str, Any]) -> Root:
        return roots.root_of(self.target, configuration)

    def whole_root(self, application: Application) -> Root | None:
        """What carries our labels is found by them."""
        return None

    def roots_without(self, application: Application, *, delete_data: bool) -> list[Root]:
        return roots.roots_without(application, self.target, delete_data=delete_data)

    def what_stays(self, application: Application) -> str:
        return ""

    def in_words(self, plan: Plan, *, everything: bool = False) -> list[Line]:
        """Each resource is a noun that a person knows: that is everything."""
        return summarize(plan)

    def cost(self, plan: Plan) -> Cost | None:
        return None

    def prepare(self, emit: Emit) -> None:
        """Certificates of ours are renewed."""
        certificates = self.target.drivers.certificates
        if certificates is not None:
            certificates.renew(emit)

    def migrates(self, plan: Plan) -> bool:
        return any(change.action != "delete" for change in plan.of("migration"))

    def candidates_withdrawn(self, application: Application, emit: Emit) -> AbstractContextManager[None]:
        return withdrawing.candidates_withdrawn(application, self.target, emit)

    def verify(self, configuration: Mapping[str, Any]) -> tuple[Answer, ...]:
        return verify.verify(self.target, configuration)

    def sweep(self, application: Application, hosts: Collection[str], emit: Emit) -> None:
        withdrawing.sweep(application, self.target, hosts, emit)

    def tidy(self, application: Application, images: Collection[str], emit: Emit) -> None:
        upkeep.tidy(application, images, self.target, emit)

    def still_serves(self, error: HomeportError) -> bool:
        return isinstance(error, BEFORE_THE_SWITCH)

    def running(self, application: Application) -> tuple[Part, ...]:
        found = running(self.target.home, application.name, application.target_name)
        return tuple(Part(one.service, one.name, one.image, one.status) for one in found)

    def without_a_secret(self) -> str:
        return "what runs keeps its value, and the next release is refused until it is set again"

    def registry_backup(self) -> str | None:
        backup = last_backup(self.target.home)
        return backup.isoformat() if backup else None
