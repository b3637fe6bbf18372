"""What every verb on an application's root shares: the lock, the root itself, and what a plan's migration is about."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager

from homeport.deploy.application import Application
from homeport.deploy.root import OpenRoot, open_root
from homeport.deploy.ways import way_of
from homeport.events import Emit, Event
from homeport.host import Lock
from homeport.releases.migrations import Migration, compare
from homeport.stack import Root
from homeport.targets import Target
from homeport.terraform import Plan


def deploying(application: Application, target: Target, emit: Emit) -> AbstractContextManager[Lock]:
    """Hold the lock of the application's target; nobody removes its images meanwhile."""
    return _undisturbed(target, target.lock(application.root, _doing(application), emit), emit)


def looking(application: Application, target: Target, emit: Emit) -> AbstractContextManager[Lock]:
    """The same for a look that changes nothing: on AWS, the right to read is enough."""
    return _undisturbed(target, target.lock_to_look(application.root, _doing(application), emit), emit)


@contextmanager
def _undisturbed(target: Target, locked: AbstractContextManager[Lock], emit: Emit) -> Iterator[Lock]:
    with locked as lock:
        way_of(target).wait_for_upkeep(emit)
        yield lock


@contextmanager
def promoting(application: Application, source: Target, target: Target, emit: Emit) -> Iterator[Lock]:
    """Deploy to the target what `source` has; nobody removes it there meanwhile."""
    with checked(application, target, deploying(application, target, emit)) as lock, ExitStack() as held:
        if source.base_id != target.base_id:  # otherwise the target's own lock keeps them
            held.enter_context(way_of(source).images_kept(application, emit))
        yield lock


@contextmanager
def checked(application: Application, target: Target, locked: AbstractContextManager[Lock]) -> Iterator[Lock]:
    """`deploying` or `looking`, where the target gives what the application asks for. Raises Refused where it does not.

    Both are some ways to a server and back: they are asked at once.
    """
    _ = target.base_id  # raises NotSetUp, before a lock is made where nothing is
    with ExitStack() as held:
        with ThreadPoolExecutor(1) as pool:
            given = pool.submit(way_of(target).check, application)
            lock = held.enter_context(locked)
            given.result()
        yield lock


def _doing(application: Application) -> str:
    """What its lock is held for, as a sentence begins: `… by ana@laptop`."""
    return f"{application.name} is being deployed to {application.target_name}"


def open_application(
    application: Application, target: Target, root: Root, lock: Lock, emit: Emit
) -> AbstractContextManager[OpenRoot]:
    """A root of the application on its target, ready to be planned and applied."""
    return open_root(target, application.root, root, application.workspace, lock, emit)


def tell_migrations(
    application: Application, target: Target, plan: Plan, migrations: tuple[Migration, ...], emit: Emit
) -> None:
    """Which files a plan's migration is about: Terraform's plan knows their image only."""
    if not way_of(target).migrates(plan):
        return
    last = target.last_release(application.name, application.target_name)
    found = compare(last.migrations if last else (), migrations)
    for migration in found.new:
        emit(Event("migration", migration.script, "new"))
    for migration in found.changed_repeatables:
        emit(Event("migration", migration.script, "changed: it runs again"))
