"""`homeport up`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from homeport.cli.opening import opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName, Yes
from homeport.cli.show import Progress, confirmation, plain, show_json, show_plan

if TYPE_CHECKING:
    from homeport.deploy.up import Outcome
    from homeport.terraform import Plan


def up(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Deploy: build what changed, plan, ask, apply, verify.

    The old release serves until every new container is healthy; then all routes
    switch, and requests in flight are waited for. What fails leaves the old one.
    """
    with opened(directory, target, host, instance) as one:
        from homeport.deploy.up import Up

        emit = Progress()
        ask = confirmation(yes, f"Apply this to {one.application.target_name}?")

        def confirm(plan: Plan) -> bool:
            show_changes(plan, f"{one.application.name} on {one.application.target_name} ({one.target.home.called}):")
            return ask()

        outcome = Up(one.application, one.target, confirm, emit).run()
        if as_json:
            show_json({"did": outcome.did, "release": plain(outcome.release), "answers": plain(outcome.answers)})
        else:
            show_outcome(one.application.name, one.application.target_name, outcome)


def show_changes(plan: Plan, heading: str) -> None:
    """A plan in words."""
    from homeport.deploy.summary import summarize

    show_plan(summarize(plan), heading)


def show_outcome(application: str, target: str, outcome: Outcome) -> None:
    """What `up` did, and where the application answers."""
    if outcome.did == "declined":
        typer.echo("Nothing was changed.")
        return
    if outcome.release is None:
        typer.echo(f"Nothing to do: {application} on {target} is as the manifest says.")
    else:
        number, seconds = outcome.release.number, outcome.release.seconds
        typer.echo(f"Release {number} of {application} serves on {target}, after {seconds:.1f} s.")
    for answer in outcome.answers:
        typer.echo(f"  {answer.status}  {answer.url}")
    for name in sorted(
        {answer.url.split("/")[2].partition(":")[0] for answer in outcome.answers if not answer.resolves}
    ):
        typer.echo(
            f"{name} does not resolve from here. Add to your DNS, or to /etc/hosts: <the server's address> {name}"
        )
