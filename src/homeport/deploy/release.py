"""The one way of a release, whoever decided what it is to be: plan, confirm, apply, verify, record."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from homeport.deploy.answers import Answer
from homeport.deploy.application_root import open_application, tell_migrations
from homeport.deploy.recording import Recording
from homeport.deploy.root import OpenRoot
from homeport.deploy.ways import way_of
from homeport.host import Lock
from homeport.releases import configuration
from homeport.releases.record import Release
from homeport.terraform import Plan

Confirm = Callable[[Plan], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: `release` is the one that was made, None where there was nothing to do or the person said no."""

    did: Literal["released", "nothing", "declined"]
    release: Release | None = None
    answers: tuple[Answer, ...] = ()


def release(recording: Recording, lock: Lock, confirm: Confirm) -> Outcome:
    """Bring the recording's draft to its target, under the target's lock.

    Raises what the step raises that fails; the old release then still serves.
    """
    way = way_of(recording.target)
    way.prepare(recording.emit)
    wanted = way.root(recording.draft.configuration)
    with open_application(recording.application, recording.target, wanted, lock, recording.emit) as root:
        return _released(recording, root, confirm)


def _released(recording: Recording, root: OpenRoot, confirm: Confirm) -> Outcome:
    way = way_of(recording.target)
    withdrawn = way.candidates_withdrawn(recording.application, recording.emit)
    with recording.steps.step("plan"):
        plan = root.plan()
    tell_migrations(recording.application, recording.target, plan, recording.draft.migrations, recording.emit)
    if plan.is_empty:
        return _standing(recording)
    if not confirm(plan):
        return Outcome("declined")
    with recording.steps.step("apply"), withdrawn:
        root.apply(plan)
    with ThreadPoolExecutor(1) as pool:  # some ways to the server and back, too
        tidied = pool.submit(way.tidy, recording.application, recording.draft.images.values(), recording.emit)
        answers = _verified(recording)
    released = recording.record("succeeded")
    tidied.result()
    return Outcome("released", released, answers)


def _standing(recording: Recording) -> Outcome:
    """A release that was cut off after its last change serves already; only its record is missing."""
    answers = _verified(recording)
    if not recording.is_recorded():
        return Outcome("released", recording.record("succeeded"), answers)
    recording.record_what_stands()
    return Outcome("nothing", answers=answers)


def _verified(recording: Recording) -> tuple[Answer, ...]:
    """The answer of every route. What a release that was cut off has left is removed meanwhile: both are some ways to
    the server and back."""
    with ThreadPoolExecutor(1) as pool, recording.steps.step("verify"):
        swept = pool.submit(_sweep, recording)
        answers = way_of(recording.target).verify(recording.draft.configuration)
        swept.result()
    return answers


def _sweep(recording: Recording) -> None:
    hosts = configuration.hosts(recording.draft.configuration)
    way_of(recording.target).sweep(recording.application, hosts, recording.emit)
