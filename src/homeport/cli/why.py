"""`homeport why`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from homeport.cli.opening import opened_by
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.show import plain, show_json
from homeport.cli.words import at_most_one

if TYPE_CHECKING:
    from homeport.deploy.daily import Trouble
    from homeport.deploy.why import Difference, Why

SHORT_DIGEST = 12


def why(
    target: TargetName = None,
    release: Annotated[
        str | None, typer.Argument(metavar="RELEASE", help="Its number, as in homeport releases.")
    ] = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """Say why a release failed, and what does not run now.

    Of the last that failed, from what was recorded then: the step, the cause with
    its last log lines, what was new in it, what serves, and what to do. Exit code
    0, also when none failed.

    A restart is no release: one that failed has said why, and is in no record.

    Without RELEASE then what is wrong now: containers that ended or are unhealthy;
    on AWS services with too few tasks, a task that stopped within the hour, with
    its exit code and last log lines, and what the load balancer calls unhealthy.
    """
    with opened_by((target, release), directory, host, instance) as one:
        from homeport.deploy.why import Why
        from homeport.deploy.why import why as ask

        number = _number(at_most_one(one.words, "release"))
        found = ask(one.application, one.target, number)
        now = one.daily.troubles() if number is None else ()
        called = f"{one.application.name} on {one.application.target_name}"
    if as_json:
        show_json(_as_json(found if isinstance(found, Why) else None, now))
        return
    if isinstance(found, Why):
        for line in _lines(found, called):
            typer.echo(line)
    else:
        typer.echo(f"Release {found.number} of {called} succeeded." if found else f"No release of {called} has failed.")
    for line in _troubles(now, called):
        typer.echo(line)


def _as_json(found: Why | None, now: Sequence[Trouble]) -> Any:
    """What failed, as it was recorded, with what is wrong `now` beside it; null where there is neither."""
    if found is None and not now:
        return None
    return {**(plain(found) if found else {}), "now": plain(now)}


def _troubles(now: Sequence[Trouble], called: str) -> Iterator[str]:
    if now:
        yield ""
        yield f"What of {called} does not run as it should now:"
    for one in now:
        yield f"  {one.service}: {one.cause}"
        yield from (f"      {line}" for line in one.log)
        yield from (f"    {line}" for line in one.next_step.splitlines())


def _number(word: str | None) -> int | None:
    if word is None or word.isdecimal():
        return int(word) if word else None
    raise typer.BadParameter(f'a release is a number, not "{word}"')


def _lines(found: Why, called: str) -> Iterator[str]:
    ended = "was interrupted" if found.result == "interrupted" else "failed"
    step = f" at the step {found.step}" if found.step else ""
    commit = f", commit {found.commit}" if found.commit else ""
    yield f"Release {found.release} of {called} {ended}{step}, after {found.seconds:.1f} s."
    yield f"Started {found.started} by {found.by}{commit}."
    yield ""
    yield from filter(None, (found.cause, found.detail))
    yield ""
    if found.difference is not None:
        yield from _differences(found.difference)
    yield from _now(found)


def _differences(new: Difference) -> Iterator[str]:
    images = [f"{one.name} {_short(one.before)} -> {_short(one.after)}" for one in new.images]
    if not new.is_known:
        yield "It ended before its images and its configuration were known."
    rows = [("image", text) for text in images]
    rows += [("configuration", key) for key in new.configuration]
    rows += [("migration", script) for script in new.migrations]
    if rows:
        yield f"New in it since release {new.since}, the last good one before it:"
    elif new.is_known:
        yield f"Nothing in it was new since release {new.since}, the last good one before it."
    yield from (f"  {noun:<13}  {text}" for noun, text in rows)


def _short(image: str | None) -> str:
    return image.rpartition("@sha256:")[2][:SHORT_DIGEST] if image else "none"


def _now(found: Why) -> Iterator[str]:
    """What serves, and what to do where nobody has done it."""
    if found.serves is not None and found.serves > found.release:
        yield f"Release {found.serves} has succeeded since, and serves."
        return
    if found.serves is None:
        yield "No release has succeeded yet."
    elif found.may_have_switched:
        yield f"Release {found.serves} is the last that succeeded; what answers now: homeport status"
    else:
        yield f"Release {found.serves} goes on serving."
    yield found.next_step
