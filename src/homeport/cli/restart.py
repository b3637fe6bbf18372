"""`homeport restart`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeport.cli.opening import opened_by
from homeport.cli.options import Folder, HostAddress, Instance, TargetName, Yes
from homeport.cli.outcome import show_changes
from homeport.cli.show import Progress, confirmation

if TYPE_CHECKING:
    from homeport.terraform import Plan


def restart(
    target: TargetName = None,
    services: Annotated[
        list[str] | None, typer.Argument(metavar="SERVICE", help="Services, models and sites; all without one.")
    ] = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    yes: Yes = False,
) -> None:
    """Replace containers by new ones, without losing a request.

    Same image and configuration, as last released; secrets as they are now. Routes
    switch as in a release, when all are healthy; of a worker the old container goes
    then, too. On AWS they are tasks, of a further revision of the same task
    definition; a site has none there. Asks only if something else would change as well: what was changed by
    hand, or left by an interrupted release.
    """
    with opened_by((target, *(services or ())), directory, host, instance) as one:
        from homeport.deploy.restart import Restart

        place = f"{one.application.name} on {one.application.target_name}"
        ask = confirmation(yes, "Apply this, too?")

        def confirm(plan: Plan) -> bool:
            show_changes(plan, one.target, f"{place}: more than the restart would change:")
            return ask()

        done = Restart(one.application, one.target, one.words, confirm, Progress()).run()
    typer.echo(f"Restarted {', '.join(done)} of {place}." if done else "Nothing was changed.")
