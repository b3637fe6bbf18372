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
from homeport.deploy.application_root import (
    BEFORE_THE_SWITCH,
    application_stack,
    candidates_withdrawn,
    deploying,
    opened,
    sweep,
    tell_migrations,
)
from homeport.deploy.checks import check_against_base, check_migrations
from homeport.deploy.images import ApplicationImages, stoppable
from homeport.deploy.root import OpenRoot
from homeport.deploy.steps import Steps
from homeport.deploy.verify import Answer, verify
from homeport.errors import HomeportError, Interrupted, Refused
from homeport.events import Emit, Event
from homeport.releases.migrations import Migration
from homeport.releases.record import Failure, Release, Result
from homeport.stack import ApplicationStack
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
        with deploying(self.application, self.target, self.emit) as lock:
            self.migrations = check_migrations(self.application, self.target, self.emit)
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
        tell_migrations(self.application, self.target, plan, self.migrations, self.emit)
        if plan.is_empty:
            return self._nothing_to_do()
        if not self.confirm(plan):
            return Outcome("declined")
        with self.steps.step("apply"), candidates_withdrawn(self.application, self.target, self.emit):
            root.apply(plan)
        with self.steps.step("verify"):
            answers = verify(self.application, self.target)
        sweep(self.application, self.target, self.emit)
        return Outcome("released", self._record("succeeded"), answers)

    def _nothing_to_do(self) -> Outcome:
        """A release that was cut off after its last change serves already; only its record is missing."""
        sweep(self.application, self.target, self.emit)
        answers = verify(self.application, self.target)
        if self._is_recorded():
            return Outcome("nothing", answers=answers)
        return Outcome("released", self._record("succeeded"), answers)

    def _is_recorded(self) -> bool:
        last = self.target.last_release(self.application.name, self.application.target_name)
        return last is not None and self.stack is not None and last.is_of(inputs(self.stack))

    @contextmanager
    def _failure_recorded(self) -> Iterator[None]:
        try:
            yield
        except Refused:
            raise
        except HomeportError as error:
            failed = self._record("interrupted" if isinstance(error, Interrupted) else "failed", error)
            if isinstance(error, BEFORE_THE_SWITCH):
                self._tell_what_serves(failed)
            raise

    def _tell_what_serves(self, failed: Release) -> None:
        last = self.target.last_release(self.application.name, self.application.target_name)
        serving = f"; release {last.number} goes on serving" if last else ""
        self.emit(Event("release", self.application.name, f"{failed.number} failed{serving}", "warning"))

    def _record(self, result: Result, error: HomeportError | None = None) -> Release:
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
            error=str(error or ""),
            failure=Failure.of(error) if error else None,
            homeport=__version__,
        )
        target.record(application.name, application.target_name, release)
        return release
