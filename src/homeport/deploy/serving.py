"""The provider for a Terraform that somebody else starts: `homeport terraform` and `homeport provider serve`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from homeport.aws import AwsDrivers
from homeport.deploy.application import Application
from homeport.deploy.identity import holder
from homeport.errors import Refused
from homeport.events import Emit
from homeport.home.drivers import Drivers
from homeport.manifest import AwsTarget
from homeport.provider import HomeportProvider, serve
from homeport.targets import CloudTarget, HomeTarget
from homeport.terraform import serve_state


@contextmanager
def serve_anywhere(emit: Emit) -> Iterator[dict[str, str]]:
    """Serve the provider for whatever hosts and regions a root names; gives the variables that attach a Terraform."""
    with ExitStack() as targets:
        anywhere = _Anywhere(emit, targets)
        with serve(HomeportProvider(anywhere.server, emit, anywhere.cloud)) as attach:
            yield attach


@dataclass(frozen=True, slots=True)
class _Anywhere:
    """What roots name; a server is opened once, however often Terraform configures the provider."""

    emit: Emit
    targets: ExitStack
    opened: dict[tuple[str, str], HomeTarget] = field(default_factory=dict)

    def server(self, host: str, instance: str) -> Drivers:
        return self._home(host, instance).drivers

    def cloud(self, region: str, account: str, source: tuple[str, str] | None) -> AwsDrivers:
        """`source` is the server that images are copied from."""
        target = CloudTarget.open(_place(region, account), holder=holder(), emit=self.emit)
        if source is not None:
            target.take_images_from(self._home(*source).registry())
        return target.drivers

    def _home(self, host: str, instance: str) -> HomeTarget:
        if (host, instance) not in self.opened:
            target = HomeTarget.open(host, instance=instance, holder=holder())
            self.opened[host, instance] = self.targets.enter_context(target)
        return self.opened[host, instance]


def _place(region: str, account: str) -> AwsTarget:
    try:
        return AwsTarget(region=region, account=account)
    except ValueError as error:
        raise Refused(
            f"The homeport provider is configured for the region {region!r} of the account {account!r}.",
            next_step='Give both, such as: region = "eu-west-1", account = "123456789012".',
        ) from error


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
