"""The way of a release: `homeport up`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from homeport import __version__
from homeport.deploy import identity
from homeport.deploy.application import Application
from homeport.deploy.checks import check_against_base, check_migrations, secret_versions
from homeport.deploy.images import ApplicationImages, stoppable
from homeport.deploy.root import OpenRoot, open_root
from homeport.deploy.steps import Steps
from homeport.deploy.verify import Answer, verify
from homeport.errors import HomeportError, Interrupted, Refused
from homeport.events import Emit
from homeport.host import Lock
from homeport.releases.migrations import Migration
from homeport.releases.record import Release, Result
from homeport.stack import ApplicationStack, render
from homeport.stack.application import inputs
from homeport.targets import HomeTarget
from homeport.terraform import Plan

Confirm = Callable[[Plan], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `up` did: `release` is the one it made, None where there was nothing to do or the person said no."""

    did: Literal["released", "nothing", "declined"]
    release: Release | None = None
    answers: tuple[Answer, ...] = ()


@dataclass
class Up:
    """One run of `homeport up`: an application, an open target, and the person's yes or no to the plan."""

    application: Application
    target: HomeTarget
    confirm: Confirm
    emit: Emit
    steps: Steps = field(default_factory=Steps)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    migrations: tuple[Migration, ...] = ()
    stack: ApplicationStack | None = None

    def run(self) -> Outcome:
        """Check, build what changed, plan, confirm, apply, verify, record.

        Raises what the step raises that fails. The old release then still serves; a failure is recorded, a refusal
        is not.
        """
        check_against_base(self.application, self.target)
        with deploying(self.application, self.target) as lock:
            self.migrations = check_migrations(self.application, self.target)
            with self._failure_recorded():
                self.stack = application_stack(self.application, self.target, self._build())
                with opened(self.application, self.target, self.stack, lock, self.emit) as root:
                    return self._release(root)

    def _build(self) -> dict[str, str]:
        with self.steps.step("build"), stoppable(self.emit) as stopped:
            return ApplicationImages.of(self.application, self.target, self.emit, stopped).ensure()

    def _release(self, root: OpenRoot) -> Outcome:
        with self.steps.step("plan"):
            plan = root.plan()
        if plan.is_empty:
            sweep(self.application, self.target, self.emit)
            return Outcome("nothing", answers=verify(self.application, self.target))
        if not self.confirm(plan):
            return Outcome("declined")
        with self.steps.step("apply"):
            root.apply(plan)
        with self.steps.step("verify"):
            answers = verify(self.application, self.target)
        sweep(self.application, self.target, self.emit)
        return Outcome("released", self._record("succeeded"), answers)

    @contextmanager
    def _failure_recorded(self) -> Iterator[None]:
        try:
            yield
        except Refused:
            raise
        except HomeportError as error:
            self._record("interrupted" if isinstance(error, Interrupted) else "failed", str(error))
            raise

    def _record(self, result: Result, error: str = "") -> Release:
        application, target = self.application, self.target
        release = Release(
            number=target.next_number(application.name, application.target_name),
            result=result,
            started=self.started,
            seconds=self.steps.seconds(),
            by=identity.who(),
            commit=identity.commit(application.folder),
            manifest=application.manifest_hash(),
            images=dict(self.stack.images) if self.stack else {},
            configuration=inputs(self.stack) if self.stack else {},
            migrations=self.migrations,
            schema=target.schema_version(application.root),
            steps=tuple(self.steps.taken),
            error=error,
            homeport=__version__,
        )
        target.record(application.name, application.target_name, release)
        return release


def planned(application: Application, target: HomeTarget, emit: Emit) -> Plan:
    """What `up` would do. Builds nothing and changes nothing."""
    check_against_base(application, target)
    with deploying(application, target) as lock:
        check_migrations(application, target)
        with stoppable(emit) as stopped:
            images = ApplicationImages.of(application, target, emit, stopped).look(emit)
        stack = application_stack(application, target, images)
        with opened(application, target, stack, lock, emit) as root:
            return root.plan()


@contextmanager
def deploying(application: Application, target: HomeTarget) -> Iterator[Lock]:
    """Hold the lock of the application's target."""
    with target.lock(application.root, f"{application.name} is being deployed to {application.target_name}") as lock:
        yield lock


@contextmanager
def opened(
    application: Application, target: HomeTarget, stack: ApplicationStack, lock: Lock, emit: Emit
) -> Iterator[OpenRoot]:
    """The application's root, ready to be planned and applied."""
    with open_root(target, application.root, render(stack), application.workspace, lock, emit) as root:
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
        secrets=secret_versions(application, target),
    )


def sweep(application: Application, target: HomeTarget, emit: Emit) -> None:
    """Remove what an interrupted release left in no state, once a release stands."""
    kept = target.container_names(application.root)
    target.drivers.containers.sweep(application.name, application.target_name, kept, emit)
