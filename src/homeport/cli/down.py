"""`homeport down`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeport.cli.opening import opened
from homeport.cli.options import Everything, Folder, HostAddress, Instance, TargetName, Yes
from homeport.cli.outcome import heading_of, show_changes
from homeport.cli.show import Progress, confirmation
from homeport.errors import Refused

if TYPE_CHECKING:
    from homeport.terraform import Plan


def down(
    target: TargetName = None,
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Drop the database, too. Asks for the application's name.")
    ] = False,
    confirm_name: Annotated[
        str | None, typer.Option("--confirm-name", help="The application's name, where nobody can type it.")
    ] = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    everything: Everything = False,
    yes: Yes = False,
) -> None:
    """Take the application off a target. Its data stays, unless --delete-data."""
    with opened(directory, target, host, instance) as one:
        from homeport.deploy.down import Down

        name, place = one.application.name, one.application.target_name
        if delete_data:
            _name_typed(name, place, confirm_name)
        ask = confirmation(yes or delete_data, f"Take {name} off {place}?")

        def confirm(plan: Plan) -> bool:
            # Data goes in two steps: what the first one's plan costs is not what is left.
            heading, with_cost = heading_of(one), not delete_data
            show_changes(plan, one.target, heading, everything=everything, with_cost=with_cost)
            return ask()

        removed = Down(one.application, one.target, confirm, Progress(), delete_data).run()
        typer.echo(f"{name} is off {place}." if removed else f"Nothing was changed: {name} on {place}.")


def _name_typed(name: str, place: str, given: str | None) -> None:
    if given is None and sys.stdin.isatty():
        given = typer.prompt(f"All data of {name} on {place} will be deleted. Type its name to go on", err=True)
    if given != name:
        raise Refused(
            f"The data of {name} was not deleted: its name was not typed.",
            next_step=f"Type it when asked, or add: --confirm-name {name}",
        )
