"""`homeport run`."""

import sys
from pathlib import Path

import typer

from homeport.cli.opening import opened_by
from homeport.cli.options import Folder, HostAddress, Instance, ServiceName, TargetName, Tty
from homeport.cli.show import Progress
from homeport.cli.words import command_of, exactly_one


def run(
    context: typer.Context,
    target: TargetName = None,
    service: ServiceName = None,
    tty: Tty = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Run a command in a new container like a service's.

    The released image with the service's variables, secrets, networks and limits,
    but no route. It is removed when the command has ended. The exit code is the
    command's own; 127 when it could not be started, 130 after Ctrl-C.

    On AWS it is a task of its own: without a terminal or standard input, and both
    its outputs are shown as one, line by line, as CloudWatch has them.
    """
    command = command_of(context)
    with opened_by((target, service), directory, host, instance) as one:
        from homeport.cli.terminal import asked, converse

        service = exactly_one(one.words, "service")
        with one.daily.run(service, asked(command, tty), Progress()) as session:
            code = converse(session)
    sys.exit(code)
