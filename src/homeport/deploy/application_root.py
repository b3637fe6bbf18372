"""What every verb on an application's root shares: the lock, the root itself, what stands in it, what is swept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from homeport.deploy.application import Application
from homeport.deploy.checks import secret_versions
from homeport.deploy.root import OpenRoot, open_root
from homeport.errors import BuildFailed, CandidateFailed, DatabaseFailed, Locked, MigrationFailed, RegistryFailed
from homeport.events import Emit, Event
from homeport.home import sweeping
from homeport.host import Lock
from homeport.releases.migrations import Migration, compare
from homeport.stack import ApplicationStack, render_inputs
from homeport.targets import HomeTarget
from homeport.terraform import Plan

PRUNING = "pruning"  # the lock under which images are removed from the registry
PRUNING_WAIT = timedelta(minutes=10)
A_MOMENT = timedelta(seconds=1)  # in which another deploy has gone through here
# What fails so fails before the first route switches, because every route waits for every candidate.
BEFORE_THE_SWITCH = (BuildFailed, RegistryFailed, DatabaseFailed, MigrationFailed, CandidateFailed)


@contextmanager
def deploying(application: Application, target: HomeTarget, emit: Emit) -> Iterator[Lock]:
    """Hold the lock of the application's target; nobody prunes the registry meanwhile."""
    doing = f"{application.name} is being deployed to {application.target_name}"
    with target.lock(application.root, doing, emit) as lock:
        _wait_for_a_prune(target, emit)
        yield lock


def _wait_for_a_prune(target: HomeTarget, emit: Emit) -> None:
    """A prune that begins later finds the lock of the application's target held, and refuses."""
    home, mine = target.home, target.drivers.holder
    try:
        with home.lock(PRUNING, mine, wait=A_MOMENT):
            return
    except Locked as error:
        emit(Event("lock", "registry", f"waits until {error.holder} has pruned it"))
    with home.lock(PRUNING, mine, wait=PRUNING_WAIT):
        return


@contextmanager
def opened(
    application: Application, target: HomeTarget, inputs: Mapping[str, Any], lock: Lock, emit: Emit
) -> Iterator[OpenRoot]:
    """The application's root with these inputs of its module, ready to be planned and applied."""
    rendered = render_inputs(inputs, host=target.address, instance=target.home.instance)
    with open_root(target, application.root, rendered, application.workspace, lock, emit) as root:
        yield root


def application_stack(application: Application, target: HomeTarget, images: dict[str, str]) -> ApplicationStack:
    """All that the application's root depends on. Raises Refused for a secret that is not set."""
    return ApplicationStack(
        manifest=application.manifest,
        target=application.target_name,
        host=target.address,
        instance=target.home.instance,
        hosts=application.hosts(target),
        images=images,
        secrets=secret_versions(application, target, application.secrets),
    )


def tell_migrations(
    application: Application, target: HomeTarget, plan: Plan, migrations: tuple[Migration, ...], emit: Emit
) -> None:
    """Which files a plan's migration is about: Terraform's plan knows their image only."""
    if not any(change.action != "delete" for change in plan.of("migration")):
        return
    last = target.last_release(application.name, application.target_name)
    found = compare(last.migrations if last else (), migrations)
    for migration in found.new:
        emit(Event("migration", migration.script, "new"))
    for migration in found.changed_repeatables:
        emit(Event("migration", migration.script, "changed: it runs again"))


@contextmanager
def candidates_withdrawn(application: Application, target: HomeTarget, emit: Emit) -> Iterator[None]:
    """What fails before it switches takes its healthy candidates along: a worker would work twice."""
    containers, names = target.drivers.containers, (application.name, application.target_name)
    before = containers.present(*names)
    try:
        yield
    except BEFORE_THE_SWITCH:
        containers.sweep(*names, before, emit)
        raise


def sweep(application: Application, target: HomeTarget, hosts: Collection[str], emit: Emit) -> None:
    """Remove what an interrupted release left in no state, once a release stands: routes first, then containers.

    `hosts` are the names on which the application answers, or did.
    """
    sweeping.sweep(
        target.drivers,
        application.name,
        application.target_name,
        routes=target.route_keys(application.root),
        containers=target.container_names(application.root),
        hosts=hosts,
        emit=emit,
    )
