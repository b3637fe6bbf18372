"""Why a release failed, from what was recorded of it: `homeport why`. Asks the record only, so it is the same
whatever happened since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from homeport.deploy.application import Application
from homeport.deploy.daily import daily_of
from homeport.deploy.failures import BEFORE_THE_SWITCH
from homeport.errors import Refused
from homeport.releases.difference import Difference, difference
from homeport.releases.record import Failure, Release, Result
from homeport.targets import Target

__all__ = ["Difference", "Why", "explained", "why"]

PLACE = re.compile(r"(?P<file>\S+\.sql), line (?P<line>\d+): ")


@dataclass(frozen=True, slots=True)
class Why:
    """`cause` with its `detail` (log lines); `file` and `line` (0: none) of a migration; `next_step` as it was given.

    `serves` is the newest release that succeeded, None without one; `may_have_switched` says that the failed one
    may serve some routes instead. `difference` is from the last release before it that succeeded.
    """

    release: int
    result: Result
    started: str
    seconds: float
    by: str
    commit: str
    step: str
    kind: str
    cause: str
    detail: str
    file: str
    line: int
    serves: int | None
    may_have_switched: bool
    difference: Difference | None
    next_step: str


def why(application: Application, target: Target, number: int | None) -> Why | Release | None:
    """Of the last release that failed, or of the one with that number: the release itself when it succeeded; None
    when none has failed. Raises Refused for a number that there is not."""
    releases = target.releases(application.name, application.target_name)
    if number is None:
        failed = next((one for one in reversed(releases) if one.result != "succeeded"), None)
    else:
        failed = _numbered(application, releases, number)
    if failed is None or failed.result == "succeeded":
        return failed
    return explained(releases, failed, daily_of(application, target).release_command())


def explained(releases: Sequence[Release], failed: Release, again: str) -> Why:
    """The same from all releases, oldest first; `again` is the command that releases once more. Pure."""
    failure = failed.failure or _of_text(failed.error)
    place = PLACE.match(failure.message)
    good = [one for one in releases if one.result == "succeeded"]
    before = [one for one in good if one.number < failed.number]
    is_newest_good = not good or good[-1].number < failed.number
    return Why(
        release=failed.number,
        result=failed.result,
        started=failed.started,
        seconds=failed.seconds,
        by=failed.by,
        commit=failed.commit,
        step=next((step.name for step in failed.steps if step.failed), ""),
        kind=failure.kind,
        cause=failure.message,
        detail=failure.detail,
        file=place["file"] if place else "",
        line=int(place["line"]) if place else 0,
        serves=good[-1].number if good else None,
        may_have_switched=is_newest_good and _may_have_switched(failed, failure),
        difference=difference(before[-1], failed) if before else None,
        next_step=failure.next_step or f"Correct it, then run: {again}",
    )


def _may_have_switched(failed: Release, failure: Failure) -> bool:
    ended_in = {step.name for step in failed.steps if step.failed}
    return failure.kind not in {kind.__name__ for kind in BEFORE_THE_SWITCH} and not ended_in <= {"build", "plan"}


def _of_text(error: str) -> Failure:
    """Of a release that an older homeport recorded."""
    message, _, detail = error.partition("\n")
    return Failure("", message, detail)


def _numbered(application: Application, releases: Sequence[Release], number: int) -> Release:
    found = next((one for one in releases if one.number == number), None)
    if found is None:
        last = f"The last one is {releases[-1].number}." if releases else "There was none yet."
        raise Refused(f"{application.name} has no release {number} on {application.target_name}.", next_step=last)
    return found
