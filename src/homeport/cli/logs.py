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
    """Show what the containers log."""
    with opened(directory, target, host, instance) as one:
        from homeport.deploy.status import logs as read

        found = read(one.application, one.server, service, lines=lines, follow=follow)
        for name, line in found:
            typer.echo(line if service else f"{name:<10} | {line}")
