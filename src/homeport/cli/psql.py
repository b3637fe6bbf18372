"""`homeport psql`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.opening import opened
from homeport.cli.options import Folder, HostAddress, Instance, TargetName, Tty
from homeport.cli.show import Progress


def psql(
    context: typer.Context,
    target: TargetName = None,
    command: Annotated[
        list[str] | None, typer.Option("-c", "--command", metavar="SQL", help="Run this, and end. May be repeated.")
    ] = None,
    owner: Annotated[
        bool, typer.Option("--owner", help="As the role that owns the database, not as the services' role.")
    ] = False,
    tty: Tty = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Open psql on the application's database.

    As the services' role. Without a terminal it reads SQL from standard input. The
    exit code is psql's own, and 130 after Ctrl-C.

    What stands after -- is psql's: homeport psql -- -v ON_ERROR_STOP=1 < new.sql

    On AWS a task beside the database runs it: without a terminal, with some 8000
    bytes of SQL at a time, which whoever may describe the account's tasks can read
    for an hour, and both outputs shown as one.
    """
    with opened(directory, target, host, instance) as one:
        from homeport.cli.terminal import asked, converse

        options = [word for sql in command or () for word in ("-c", sql)]
        with one.daily.psql(asked([*options, *context.args], tty), Progress(), as_owner=owner) as session:
            code = converse(session)
    sys.exit(code)
