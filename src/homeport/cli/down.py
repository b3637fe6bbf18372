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
    from homeport.deploy.down import Did
    from homeport.terraform import Plan


def down(
    target: TargetName = None,
    delete_data: Annotated[
        bool,
        typer.Option("--delete-data", help="Delete database and secrets, too. Asks for the application's name."),
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
    """Take the application off a target. Its data stays, unless --delete-data.

    What stays on AWS costs: the database's instance with its storage, and the
    secrets. --delete-data deletes these too, the instance with its backups and
    without a last snapshot.
    """
    with opened(directory, target, host, instance) as one:
        from homeport.deploy.down import Down

        name, place = one.application.name, one.application.target_name
        if delete_data:
            _name_typed(name, place, confirm_name)
        leaving = ", and leave its data" if one.application.manifest.database else ""
        ask = confirmation(yes or delete_data, f"Take {name} off {place}{leaving}?")

        def confirm(plan: Plan) -> bool:
            # Data goes in two steps: what the first one's plan costs is not what is left.
            heading, with_cost = heading_of(one), not delete_data
            show_changes(plan, one.target, heading, everything=everything, with_cost=with_cost)
            return ask()

        did = Down(one.application, one.target, confirm, Progress(), delete_data).run()
        typer.echo(_said(did, f"{name} is off {place}", delete_data))


def _said(did: Did, off: str, delete_data: bool) -> str:
    if did == "declined":
        return "Nothing was changed."
    if did == "nothing":
        return f"Nothing to do: {off} already."
    return f"{off}, and its data is deleted." if delete_data else f"{off}."


def _name_typed(name: str, place: str, given: str | None) -> None:
    if given is None and sys.stdin.isatty():
        what = f"All data of {name} on {place} will be deleted for good, its secrets with it."
        given = typer.prompt(f"{what} Type its name to go on", err=True)
    if given != name:
        raise Refused(
            f"The data of {name} was not deleted: its name was not typed.",
            next_step=f"Type it when asked, or add: --confirm-name {name}",
        )
