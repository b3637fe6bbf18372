"""What a release needs of any kind of target, beyond the target itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from homeport.deploy.answers import Answer
from homeport.deploy.application import Application
from homeport.deploy.cost import Cost
from homeport.deploy.summary import Line
from homeport.deploy.ways.part import Part
from homeport.errors import HomeportError
from homeport.events import Emit
from homeport.oci import Registry
from homeport.releases.parity import Unproven
from homeport.releases.record import Release
from homeport.stack import Root
from homeport.targets import Target
from homeport.terraform import Plan


class Way(Protocol):
    """The way of a release to one open target. A configuration is the inputs of the application module, as a release's
    record keeps them; images map a name of the manifest (and `migrations`) to a reference by digest."""

    # ------------------------------------------------- before anything is begun

    def check(self, application: Application) -> None:
        """Raises Refused for what an application asks for and the target does not give; NotSetUp without a base."""
        ...

    def check_again(self, application: Application, release: Release) -> None:
        """The same for an older release that is to be made again."""
        ...

    def check_images(self, application: Application, images: Mapping[str, str], named: str, commit: str) -> None:
        """Raises Refused with every image of a release that the target has no more."""
        ...

    def check_gives(self, application: Application, images: Mapping[str, str], origin: str, release: Release) -> None:
        """The same of images of a release of the target `origin`, which are to be promoted from here to the
        application's target."""
        ...

    def images_kept(self, application: Application, emit: Emit) -> AbstractContextManager[None]:
        """Nobody removes images from here in the context, in which some are promoted to the application's target."""
        ...

    def wait_for_upkeep(self, emit: Emit) -> None:
        """Under the application's lock: until nobody removes what a release could stand on."""
        ...

    # ----------------------------------------------------------------- the images

    def built(self, application: Application, emit: Emit) -> dict[str, str]:
        """The images of the sources, built where the target does not have them."""
        ...

    def looked_up(self, application: Application, emit: Emit) -> dict[str, str]:
        """The images that `up` would release. Builds nothing."""
        ...

    def needed_ahead(self, configuration: Mapping[str, Any]) -> tuple[str, ...]:
        """Terraform's addresses of what its images need here before they can be sent, and that there is not yet.

        Raises Refused where none can be sent.
        """
        ...

    def send_ahead(self, application: Application, images: Mapping[str, str], source: Registry, emit: Emit) -> None:
        """Copy images from another registry here, for a promotion that is to need that target no more."""
        ...

    def bring(self, images: Mapping[str, str], source: Target, emit: Emit) -> None:
        """What must be so before Terraform can have the images of another target."""
        ...

    def unproven(self) -> tuple[Unproven, ...]:
        """What a release that is healthy where it came from has not proven for this target."""
        ...

    # ------------------------------------------------------------------- the root

    def configuration(self, application: Application, images: Mapping[str, str]) -> dict[str, Any]:
        """The inputs of the application module. Raises Refused for a secret that is not set."""
        ...

    def root(self, configuration: Mapping[str, Any]) -> Root:
        """The Terraform root of an application with this configuration."""
        ...

    def whole_root(self, application: Application) -> Root | None:
        """All that a release of the manifest would make, whatever its images: what an interrupted one left is found by
        it before the rest is taken away. None where nothing can be left."""
        ...

    def roots_without(self, application: Application, *, delete_data: bool) -> list[Root]:
        """What takes the application away, each applied after the one before."""
        ...

    def what_stays(self, application: Application) -> str:
        """What `down` left of the application that costs something, and how to be rid of it; empty for nothing."""
        ...

    # ------------------------------------------------------------------- the plan

    def in_words(self, plan: Plan, *, everything: bool = False) -> list[Line]:
        """What a plan changes; `everything` has a line for each resource, as Terraform has it."""
        ...

    def cost(self, plan: Plan) -> Cost | None:
        """What all costs in a month once a plan is applied; None where nothing is billed, or nothing changes."""
        ...

    # ---------------------------------------------------------------- the release

    def prepare(self, emit: Emit) -> None:
        """What is done by whoever comes by, because nothing of homeport runs there that could."""
        ...

    def migrates(self, plan: Plan) -> bool:
        """Whether a plan runs the migrations."""
        ...

    def candidates_withdrawn(self, application: Application, emit: Emit) -> AbstractContextManager[None]:
        """What fails in the context before it serves leaves nothing that works beside what serves. Called before the
        plan, which takes longer than what has to be asked for it."""
        ...

    def verify(self, configuration: Mapping[str, Any]) -> tuple[Answer, ...]:
        """The answer of every route of a release. Raises GatewayFailed or CloudFailed where nothing answers."""
        ...

    def sweep(self, application: Application, hosts: Collection[str], emit: Emit) -> None:
        """Remove what an interrupted release left in no state; `hosts` are names on which it answers, or did."""
        ...

    def tidy(self, application: Application, images: Collection[str], emit: Emit) -> None:
        """Keep what releases leave behind to a budget; `images` are those of the one that is being made. A failure is
        told, and fails nothing."""
        ...

    def still_serves(self, error: HomeportError) -> bool:
        """Whether, after a release that failed so, all of the one before serves for sure."""
        ...

    # -------------------------------------------------------------- what stands

    def running(self, application: Application) -> tuple[Part, ...]:
        """What runs of the application, by service."""
        ...

    def without_a_secret(self) -> str:
        """What it means for what runs that a secret of it was removed; a clause."""
        ...

    def registry_backup(self) -> str | None:
        """When the images were last backed up as a whole, in ISO 8601; None if never, or where there is no need."""
        ...
