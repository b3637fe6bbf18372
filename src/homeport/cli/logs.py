"""`homeport logs`."""

from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.opening import opened
from homeport.cli.options import Folder, HostAddress, Instance, TargetName


def logs(
    target: TargetName = None,
    service: Annotated[
        str | None, typer.Option("-s", "--service", help="One service, model or site; all without it.")
    ] = None,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="How many lines of each, from the end.")] = 100,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on with every further line, until Ctrl-C.")
    ] = False,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Show what the containers log.

    On AWS from CloudWatch, which is some seconds behind: of each service what its
    tasks write, and wrote that stopped within the hour. A site has no log there.
    """
    with opened(directory, target, host, instance) as one:
        for name, line in one.daily.logs(service, lines=lines, follow=follow):
            typer.echo(line if service else f"{name:<10} | {line}")
