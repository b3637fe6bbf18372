"""`homeport exec`."""

import sys
from pathlib import Path

import typer

from homeport.cli.opening import opened_by
from homeport.cli.options import Folder, HostAddress, Instance, ServiceName, TargetName, Tty
from homeport.cli.words import command_of, exactly_one


def execute(
    context: typer.Context,
    target: TargetName = None,
    service: ServiceName = None,
    tty: Tty = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Run a command in the container of a service that serves.

    The exit code is the command's own; 126 or 127 when it could not be started,
    130 after Ctrl-C. A second Ctrl-C leaves a command to itself that goes on.

    Not on AWS, where it would take a plugin of Amazon's: use homeport run there.
    """
    command = command_of(context)
    with opened_by((target, service), directory, host, instance) as one:
        from homeport.cli.terminal import asked, converse

        with one.daily.execute(exactly_one(one.words, "service"), asked(command, tty)) as session:
            code = converse(session)
    sys.exit(code)
