"""The provider for a Terraform that somebody else starts: `homeport terraform` and `homeport provider serve`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from homeport.deploy.application import Application
from homeport.deploy.identity import holder
from homeport.events import Emit
from homeport.home.drivers import Drivers
from homeport.provider import HomeportProvider, serve
from homeport.targets import HomeTarget
from homeport.terraform import serve_state


@contextmanager
def serve_anywhere(emit: Emit) -> Iterator[dict[str, str]]:
    """Serve the provider for whatever hosts a root names; gives the variables that make a Terraform attach."""
    with ExitStack() as open_targets:
        opened: dict[tuple[str, str], HomeTarget] = {}

        def connect(host: str, instance: str) -> Drivers:
            """Each server once, however often Terraform configures the provider."""
            if (host, instance) not in opened:
                target = HomeTarget.open(host, instance=instance, holder=holder())
                opened[host, instance] = open_targets.enter_context(target)
            return opened[host, instance].drivers

        with serve(HomeportProvider(connect, emit)) as attach:
            yield attach


@contextmanager
def serve_target(application: Application, target: HomeTarget, emit: Emit) -> Iterator[dict[str, str]]:
    """Serve the provider and the state of an application's target, whose lock is held meanwhile."""
    # Who finds the lock held is told what holds it: it is no deployment, and ends only with a Ctrl-C.
    named = replace(target.drivers, holder=f"{target.drivers.holder} (homeport provider serve)")
    target = HomeTarget(target.host, named)
    doing = f"{application.name} on {application.target_name} is in use"
    with (
        target.lock(application.root, doing, emit),
        serve(target.provider(emit)) as attach,
        serve_state(target.states(application.root)) as state,
    ):
        yield {**attach, **state}
