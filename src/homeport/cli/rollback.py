"""`homeport rollback`."""

from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.opening import RELEASING, opened
from homeport.cli.options import AsJson, Everything, Folder, HostAddress, Instance, TargetName, Yes
from homeport.cli.outcome import plan_confirmation, show_outcome
from homeport.cli.show import Progress

Number = Annotated[
    int | None,
    typer.Argument(metavar="RELEASE", min=1, help="A number of homeport releases; the release before, unless said."),
]


def rollback(
    target: TargetName = None,
    number: Number = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    everything: Everything = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Go back to an older release.

    Its images and its configuration are released anew; nothing is built, and no
    sources are needed. The database stays as it is, and secrets have their present
    values; across a breaking migration it is refused. A second rollback goes
    further back; `up` brings the version of the sources again.
    """
    if target is not None and target.isdigit() and number is None:
        number, target = int(target), None  # no target's name begins with a digit
    with opened(directory, target, host, instance, needs=RELEASING) as one:
        from homeport.deploy.rollback import Rollback

        confirm = plan_confirmation(one, yes, everything=everything)
        outcome = Rollback(one.application, one.target, number, confirm, Progress()).run()
        show_outcome(one, outcome, stands="is as that release was", as_json=as_json)
