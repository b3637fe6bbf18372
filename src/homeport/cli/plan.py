"""`homeport plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from homeport.cli.opening import RELEASING, opened
from homeport.cli.options import AsJson, Everything, Folder, HostAddress, Instance, TargetName
from homeport.cli.outcome import AS_THE_MANIFEST_SAYS, heading_of, show_changes
from homeport.cli.show import Progress, show_json

if TYPE_CHECKING:
    from homeport.targets import Target
    from homeport.terraform import Plan

CHANGES = 2


def plan(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    detailed_exitcode: bool = typer.Option(False, "--detailed-exitcode", help="Exit with 2 when there are changes."),
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Show what `up` would change, in words. Builds and changes nothing.

    On AWS, what the manifest changes: with the images of the last release, since
    others come by homeport promote.
    """
    with opened(directory, target, host, instance, sources=True, needs=RELEASING) as one:
        from homeport.deploy.plan import planned

        made = planned(one.application, one.target, Progress())
        if as_json:
            show_json(described(made, one.target))
        elif made.is_empty:
            typer.echo(
                f"Nothing to do: {one.application.name} on {one.application.target_name} {AS_THE_MANIFEST_SAYS}."
            )
        else:
            show_changes(made, one.target, heading_of(one), everything=everything)
        if detailed_exitcode and not made.is_empty:
            raise typer.Exit(CHANGES)


def described(made: Plan, target: Target) -> dict[str, object]:
    """For a script: a line and the values of each resource that changes, and the cost where there is one."""
    from homeport.deploy.ways import way_of

    way = way_of(target)
    cost = way.cost(made)
    return {
        "changes": way.in_words(made, everything=True),
        "resources": made.changes,
        "cost": cost.to_json() if cost else None,
    }
