"""`homeport plan`."""

from pathlib import Path

import typer

from homeport.cli.opening import RELEASING, opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.outcome import AS_THE_MANIFEST_SAYS, show_changes
from homeport.cli.show import Progress, show_json

CHANGES = 2


def plan(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    detailed_exitcode: bool = typer.Option(False, "--detailed-exitcode", help="Exit with 2 when there are changes."),
    as_json: AsJson = False,
) -> None:
    """Show what `up` would change, in words. Builds and changes nothing."""
    with opened(directory, target, host, instance, needs=RELEASING) as one:
        from homeport.deploy.plan import planned
        from homeport.deploy.summary import summarize

        made = planned(one.application, one.target, Progress())
        if as_json:
            show_json({"changes": summarize(made), "resources": made.changes})
        elif made.is_empty:
            typer.echo(
                f"Nothing to do: {one.application.name} on {one.application.target_name} {AS_THE_MANIFEST_SAYS}."
            )
        else:
            show_changes(made, f"{one.application.name} on {one.application.target_name} ({one.target.called}):")
        if detailed_exitcode and not made.is_empty:
            raise typer.Exit(CHANGES)
