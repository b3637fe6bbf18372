"""The base of a server: `homeport setup`."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from homeport import cache
from homeport.deploy.base.home.changes import told
from homeport.deploy.base.home.decision import decide, kept_front, with_images
from homeport.deploy.base.home.files import BaseFiles
from homeport.deploy.base.home.options import SetupOptions
from homeport.deploy.patience import READY_WITHIN, until_it_answers
from homeport.deploy.postgres_major import check_base
from homeport.deploy.root import open_root
from homeport.errors import GatewayFailed, NotSetUp, PortTaken, SubnetTaken
from homeport.events import Emit, Event
from homeport.home import base as bases
from homeport.home import disk
from homeport.home.base import Base
from homeport.host import Lock
from homeport.machine import ensure_images
from homeport.manifest import BaseFile
from homeport.stack import BaseStack, Root, render_base
from homeport.targets import HomeTarget
from homeport.terraform import Plan

if TYPE_CHECKING:
    from homeport.home.gateway.certificates import Certificates

Confirm = Callable[[Plan], bool]
SECOND_LOOKS = 2  # at what is free, where somebody was quicker


@dataclass(frozen=True, slots=True)
class SetupOutcome:
    """What `setup` did, and the base that stands now."""

    did: Literal["set up", "nothing", "declined"]
    base: Base


@dataclass
class Setup:
    """One run of `homeport setup` on an open target.

    `wanted` is the owner's base file; None keeps what stands, or takes the defaults the first time.
    """

    target: HomeTarget
    wanted: BaseFile | None
    confirm: Confirm
    emit: Emit
    options: SetupOptions = field(default_factory=SetupOptions)

    def run(self) -> SetupOutcome:
        """Decide, prepare the folder, plan, confirm, apply, and see that all of it answers.

        Raises Refused for taken ports, a certificate that cannot be served, or a base that cannot become what is
        wanted, before anything is changed.
        """
        with self.target.lock("base", f"The base of {self.target.home.called} is being set up", self.emit) as lock:
            for _ in range(SECOND_LOOKS):
                try:
                    return self._set_up(lock)
                except SubnetTaken as error:
                    if self._names_a_network():
                        raise
                    self.emit(Event("network", "", f"{error.message} Another subnet is chosen.", "warning"))
                except PortTaken as error:
                    self.emit(Event("ports", "", f"{error.message} What is free is looked at again.", "warning"))
            return self._set_up(lock)

    def _set_up(self, lock: Lock) -> SetupOutcome:
        standing = self._standing()
        base = self._decide(standing)
        certificates = self._certificates(base)
        files = BaseFiles(self.target.drivers)
        files.prepare()
        root = base_root(self.target, base, files.owner())
        with open_root(self.target, "base", root, workspace(self.target), lock, self.emit) as opened:
            plan = opened.plan()
            if plan.is_empty and standing == base:
                renewed = certificates is not None and certificates.put_right(self.emit)
                return SetupOutcome("set up" if renewed else "nothing", base)
            if not self._is_confirmed(standing, base, plan):
                return SetupOutcome("declined", base)
            # Kept before it is made: a setup that is interrupted goes on with the same networks and ports.
            bases.save(self.target.home, base)
            if certificates is not None:
                certificates.put_right(self.emit)
            opened.apply(plan)
        self._see_that_it_answers(base)
        return SetupOutcome("set up", base)

    def _names_a_network(self) -> bool:
        return self.wanted is not None and bool(self.wanted.network.edge or self.wanted.network.data)

    def _standing(self) -> Base | None:
        try:
            return bases.load(self.target.host, self.target.home.folder)
        except NotSetUp as error:
            self.emit(Event("base", "", f"{error.message} It is written anew.", "warning"))
            return None

    def _is_confirmed(self, standing: Base | None, base: Base, plan: Plan) -> bool:
        """What Terraform does not know is said beside its plan, and asked for like it."""
        notes = tuple(told(standing, base)) if standing else ()
        for note in notes:
            self.emit(Event("base", "change", note, "warning"))
        return self.confirm(plan) if notes or not plan.is_empty else True

    def _certificates(self, base: Base) -> Certificates | None:
        """The gateway's; a given one is checked, and its owner told what it lacks."""
        certificates = self.target.drivers.certificates_of(base)
        if certificates is not None:
            certificates.check()
            for warning in certificates.warnings():
                self.emit(Event("base", "gateway", f"the certificate {base.certificate} {warning}", "warning"))
        return certificates

    def _decide(self, standing: Base | None) -> Base:
        kept = standing.image_source if standing else None
        home = self.target.home
        base = decide(home, standing, self.wanted, free_ports=self.options.free_ports, emit=self.emit)
        room = partial(disk.require_room, home)
        images = ensure_images(home.docker, self.emit, source=self.options.images or kept, room=room, host=home.host)
        check_base(home.docker, images.postgres, standing, base)
        return with_images(base, images, self._front(standing, base) or images.gateway)

    def _front(self, standing: Base | None, base: Base) -> str:
        front = "" if self.options.with_front else kept_front(standing, base)
        return front if front and self.target.drivers.containers.finder.image(front) else ""

    def _see_that_it_answers(self, base: Base) -> None:
        drivers = self.target.drivers
        drivers.postgres.wait_until_ready(READY_WITHIN)
        self.emit(Event("base", "postgres", f"Postgres {base.postgres} answers", "done"))
        until_it_answers(lambda: self.target.registry().repositories())
        self.emit(Event("base", "registry", f"answers on 127.0.0.1:{base.registry_port} of the server", "done"))
        until_it_answers(lambda: _ask_gateway(self.target))
        self.emit(
            Event("base", "gateway", f"answers on {base.address}:{base.https if base.tls else base.http}", "done")
        )


def base_root(target: HomeTarget, base: Base, owner: str) -> Root:
    """The root of a server's base."""
    return render_base(
        BaseStack(
            host=target.address,
            instance=target.home.instance,
            folder=target.home.folder,
            user=owner,
            images=base.images,
            edge=base.edge,
            data=base.data,
            address=base.address,
            http=base.http,
            https=base.https,
            tls=bool(base.tls),
            registry_lan=base.registry_lan,
            registry_port=base.registry_port,
            backup=base.backup,
        )
    )


def workspace(target: HomeTarget) -> Path:
    """Where Terraform runs for a base: it belongs to no repository, so it lies in the login's cache."""
    place = f"{target.address}-{target.home.instance}".replace("/", "_").replace(":", "_")
    return cache.folder() / place / "base"


def _ask_gateway(target: HomeTarget) -> None:
    """Any answer will do: no application needs to be there yet."""
    gateway = target.drivers.gateway
    name = gateway.certificates.name() if gateway.certificates else "homeport.invalid"
    connection = http.client.HTTPConnection(name)
    try:
        connection.sock = gateway.door.connect(name)
        connection.request("GET", "/")
        connection.getresponse()
    except http.client.HTTPException as error:
        raise GatewayFailed(f"The gateway of {target.home.called} answers no HTTP: {error!r}.") from error
    finally:
        connection.close()
