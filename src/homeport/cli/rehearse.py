"""`homeport rehearse`."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeport.cli.opening import read_base_file
from homeport.cli.options import AsJson, Everything, Folder, TargetName
from homeport.cli.outcome import show_changes
from homeport.cli.show import Progress, show_error, show_json, tell
from homeport.errors import HomeportError

if TYPE_CHECKING:
    from homeport.deploy.rehearse import Heard, Hold, Rehearsed
    from homeport.targets import Target
    from homeport.terraform import Plan

LOOK = "It was a rehearsal, and is taken away. To look at it while it stands: homeport rehearse {} --keep"
AMAZONS_OWN = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")


def rehearse(
    target: TargetName = None,
    directory: Folder = Path(),
    keep: Annotated[
        bool, typer.Option("--keep", help="Let all of it stand until Ctrl-C, also what failed there.")
    ] = False,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Rehearse the deploy to AWS on this machine. Needs no account.

    Builds the images, makes the base, and releases the application, with real
    containers, against an emulator that listens on the loopback and on Docker's
    bridge only. Asks every route, says what an emulator cannot prove, and takes
    everything away. Secrets have random stand-ins, and a manifest without a target
    on AWS is rehearsed as if it had one, production. Needs a Docker engine,
    Terraform, and pip install 'homeport[rehearse]'.
    """
    from homeport.deploy.rehearsal import application_of
    from homeport.deploy.rehearse import Rehearse

    application, place = application_of(directory, target)
    base = read_base_file(directory)

    def show(account: Target, name: str, plan: Plan) -> None:
        heading = f"{name} on {application.target_name} (rehearsed):"
        show_changes(plan, account, heading, everything=everything)

    hold = _keeping(as_json) if keep else _letting_go(application.target_name)
    rehearsed = Rehearse(application, place, base.aws if base else None, show, Progress(), hold).run()
    if not keep:
        _show(rehearsed, as_json=as_json)


def _letting_go(target: str) -> Hold:
    """What came of it is shown when it is gone: what failed, with how to look at it while it stands."""

    def hold(environment: Mapping[str, str], came: Rehearsed | HomeportError) -> None:
        if isinstance(came, HomeportError):
            came.next_step = f"{came.next_step}\n{LOOK.format(target)}".strip()

    return hold


def _keeping(as_json: bool) -> Hold:
    """What came of it is shown at once, with the way to all that stands; a Ctrl-C ends it."""

    def hold(environment: Mapping[str, str], came: Rehearsed | HomeportError) -> None:
        if isinstance(came, HomeportError):
            show_error(came)
        else:
            _show(came, as_json=as_json)
            for one in came.heard:
                tell(_curl(one))
        tell("For Amazon's own tools:")
        tell(f"  export {' '.join(f'{name}={shlex.quote(environment[name])}' for name in AMAZONS_OWN)}")
        tell("All of it stands until Ctrl-C.")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()

    return hold


def _curl(one: Heard) -> str:
    """The command that asks a route again."""
    headers = (f"{name}: {value}" for name, value in one.headers.items())
    return shlex.join(["curl", *(word for header in headers for word in ("-H", header)), one.door])


def _show(rehearsed: Rehearsed, *, as_json: bool) -> None:
    if as_json:
        show_json(rehearsed)
        return
    assumed = "assumed: " if rehearsed.is_assumed else ""
    place = f"{assumed}account {rehearsed.account}, {rehearsed.region}"
    typer.echo(
        f"Rehearsed: {rehearsed.application} on {rehearsed.target} ({place}) serves, after {rehearsed.seconds:.1f} s."
    )
    for by in dict.fromkeys(one.by for one in rehearsed.heard):
        typer.echo(f"By {by}:")
        for one in rehearsed.heard:
            if one.by == by:
                typer.echo(f"  {one.status}  {one.url}")
    if rehearsed.stand_ins:
        typer.echo(f"Random values stood for the secrets {', '.join(rehearsed.stand_ins)}.")
    typer.echo("What neither home nor an emulator can prove:")
    for unproven in rehearsed.unproven:
        typer.echo(f"  {unproven}")
