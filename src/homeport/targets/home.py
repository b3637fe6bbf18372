"""A home server as a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from homeport.errors import HostUnreachable, Locked, NotSetUp
from homeport.events import Emit, ignore
from homeport.home import base as bases
from homeport.home import ledger
from homeport.home.ahead import Ahead
from homeport.home.base import Base
from homeport.home.drivers import REGISTRY_USER, Drivers
from homeport.home.gateway import RouteKey
from homeport.home.home import Home, default_folder, find
from homeport.home.ledger import Held
from homeport.home.migration import History
from homeport.host import Host, Lock, connect
from homeport.oci import Registry
from homeport.releases.rollback import Ran, Schema
from homeport.store import NumberedFiles, Secrets, States
from homeport.targets import known
from homeport.targets.holder import has_ended, locked, was_killed
from homeport.targets.recorded import Recorded
from homeport.terraform import Plan
from homeport.terraform.statefile import attributes

if TYPE_CHECKING:
    from homeport.provider import HomeportProvider

LEFTOVER_WAIT = timedelta(seconds=10)


@dataclass(frozen=True)
class HomeTarget(Recorded):
    """An open installation on a server. Close it, or use it in a `with` statement."""

    host: Host
    drivers: Drivers
    _held: dict[str, Future[Held]] = field(default_factory=dict)

    @classmethod
    def open(cls, address: str, *, instance: str, holder: str) -> HomeTarget:
        """Connect, and find the installation. Raises Refused when another one answers than did before."""
        return cls.recognized(connect(address), instance=instance, holder=holder)

    @classmethod
    def recognized(cls, host: Host, *, instance: str, holder: str) -> HomeTarget:
        """The same on a host that is connected already. The base is read where it usually is before it is known that
        it is there: both are a way to the server and back."""
        ahead, usual = Ahead(), default_folder(host, instance)
        ahead.ask(("base", usual), lambda: bases.load(host, usual))
        target = cls.on(host, instance=instance, holder=holder, ahead=ahead)
        try:
            target._recognize()
        except BaseException:
            target.host.close()
            raise
        return target

    @classmethod
    def on(cls, host: Host, *, instance: str, holder: str, ahead: Ahead | None = None) -> HomeTarget:
        """On a host that is connected and is closed with the target: the installation's folder is found, or chosen
        where there is none yet. `ahead` is what was asked of it before."""
        try:
            client, found = find(host, instance)
            home = Home(host, instance, found or default_folder(host, instance), client)
            return cls(host, Drivers(home, holder, ahead or Ahead()))
        except BaseException:
            host.close()
            raise

    def __enter__(self) -> HomeTarget:
        return self

    def __exit__(self, kind: object, error: BaseException | None, *where: object) -> None:
        """What failed because the connection was lost is told as that, whatever it was that failed first."""
        try:
            if isinstance(error, Exception) and not isinstance(error, HostUnreachable):
                self.host.check()
        finally:
            self.host.close()

    def _recognize(self) -> None:
        if self.address == "local":
            return
        with suppress(NotSetUp):  # whoever needs a base says so
            known.check(self.address, self.home.instance, self.base.id)

    def remember(self) -> None:
        """The installation that is there now is the one that its address means, whatever it meant before."""
        if self.address != "local":
            known.remember(self.address, self.home.instance, self.base.id)

    @property
    def home(self) -> Home:
        return self.drivers.home

    @property
    def address(self) -> str:
        return self.host.address

    @property
    def called(self) -> str:
        return self.home.called

    @property
    def holder(self) -> str:
        return self.drivers.holder

    @property
    def secrets(self) -> Secrets:
        return self.drivers.secrets

    @property
    def base_id(self) -> str:
        return self.base.id

    def usual_hosts(self, application: str) -> tuple[str, ...]:
        return (self.base.host_of(application),)

    @property
    def base(self) -> Base:
        """The base as it stands; raises NotSetUp before the first `setup`."""
        return self.drivers.base

    @contextmanager
    def lock(self, name: str, doing: str, emit: Emit = ignore) -> Iterator[Lock]:
        """Hold the lock of the base or of an application's target; `doing` is told to a person who finds it held."""
        with ExitStack() as held:
            try:
                lock = self._take(name, emit, held)
            except Locked as error:
                raise locked(doing, error.holder) from error
            pool = ThreadPoolExecutor(1)
            self._held[name] = pool.submit(ledger.held, self.home, name)  # who needs it first waits for it
            pool.shutdown(wait=False)
            try:
                yield lock
            finally:
                futures.wait([self._held.pop(name)])

    def lock_to_look(self, name: str, doing: str, emit: Emit = ignore) -> AbstractContextManager[Lock]:
        """Whoever reaches a server's engine may write there, too."""
        return self.lock(name, doing, emit)

    def _take(self, name: str, emit: Emit, held: ExitStack) -> Lock:
        """A Terraform outlives a killed process of ours for a moment, and the lock with it: that is waited for."""
        mine = self.holder
        try:
            return held.enter_context(self.home.lock(name, mine))
        except Locked as error:
            if not has_ended(error.holder, mine):
                raise
            emit(was_killed(name, error.holder))
        return held.enter_context(self.home.lock(name, mine, wait=LEFTOVER_WAIT))

    @contextmanager
    def looking_ahead(self, root: str) -> Iterator[None]:
        """Ask of what is in the state of a root at once: Terraform asks one after the other, and later."""
        state = self.states(root).read()
        for one in attributes(state, "database"):
            extensions = tuple(one["extensions"] or ())
            self.drivers.look_database_ahead(one["name"], one["application"], one["target"], extensions)
        for one in attributes(state, "route"):
            self.drivers.look_route_ahead(RouteKey(one["host"], one["path"]))
        for one in attributes(state, "container"):
            self.drivers.look_container_ahead(one["name"], one)
        try:
            yield
        finally:
            self.drivers.ahead.forget()

    def left_behind(self, plan: Plan, emit: Emit) -> Mapping[str, str]:
        """Nothing: our own resources find what carries their labels."""
        return {}

    def way_out(self, detail: str) -> str:
        """Our own resources say it themselves."""
        return ""

    def provider(self, emit: Emit) -> HomeportProvider:
        """The provider with this target's drivers, whatever the root's provider block says."""
        from homeport.provider import HomeportProvider

        return HomeportProvider(lambda host, instance: self.drivers, emit)

    def states(self, root: str) -> States:
        held = self._held.get(root)
        return held.result().states if held else ledger.states(self.home, root)

    def container_names(self, root: str) -> list[str]:
        """The names of all containers in the state of a root, deposed ones included."""
        return [container["name"] for container in attributes(self.states(root).read(), "container")]

    def service_objects(self, root: str, service: str) -> list[dict[str, Any]]:
        """The attributes of a service's containers in the state of a root, the deposed ones last."""
        return [one for one in attributes(self.states(root).read(), "container") if one["service"] == service]

    def database(self, root: str) -> dict[str, Any] | None:
        """The attributes of the database in the state of a root; None where there is none."""
        return next(iter(attributes(self.states(root).read(), "database")), None)

    def route_keys(self, root: str) -> list[RouteKey]:
        """The routes in the state of a root, deposed ones included."""
        return [RouteKey(route["host"], route["path"]) for route in attributes(self.states(root).read(), "route")]

    def schema_version(self, root: str) -> str:
        """The schema version in the state of an application's root; empty without migrations."""
        migrations = attributes(self.states(root).read(), "migration")
        return str(migrations[0]["version"]) if migrations else ""

    def schema(self, root: str) -> Schema:
        """What stands in the database of an application's root, by its state and by Flyway's own history."""
        state = self.states(root).read()
        images = [migration["image"] for migration in attributes(state, "migration")]
        databases = [(one["name"], one["application"], one["target"]) for one in attributes(state, "database")]
        history = self.drivers.history(*databases[0]) if databases else None
        return Schema(images[0] if images else "", _ran(history) if history else None)

    # ------------------------------------------------------------- releases

    def release_files(self, application: str, target: str) -> NumberedFiles:
        held = self._held.get(f"{application}.{target}")
        return held.result().releases if held else ledger.releases(self.home, application, target)

    # --------------------------------------------------------------- images

    def registry_password(self) -> str:
        """For a person who asked for it: it is shown. Raises NotSetUp before the first `setup`."""
        bases.require(self.home)
        return self.drivers.secrets.password("base", "registry").reveal()

    def registry(self) -> Registry:
        """The base's registry, reached from here."""
        return self._registry

    @cached_property
    def _registry(self) -> Registry:
        """One, whose connections are used again."""
        endpoint = self.host.reach("127.0.0.1", self.base.registry_port)
        password = self.drivers.secrets.password("base", "registry")
        return Registry(endpoint, REGISTRY_USER, password, called="" if self.address == "local" else self.address)


def _ran(history: History) -> tuple[Ran, ...]:
    """The files that Flyway ran; its own entries (a baseline, a schema that it made) are none."""
    files = [row for row in history.rows if row.type.startswith("SQL")]
    return tuple(Ran(row.script, row.version, row.description, row.succeeded) for row in files)
