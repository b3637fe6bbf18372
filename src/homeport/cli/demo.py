"""`homeport demo`."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.options import Instance
from homeport.cli.show import Progress


def demo(
    directory: Annotated[
        Path,
        typer.Option("-C", "--directory", help="Where the example is put, or is already.", file_okay=False),
    ] = Path("notes"),
    instance: Instance = "homeport",
) -> None:
    """Bring up the example application on this machine, from nothing.

    Installs what is missing (a Docker engine, the service images), sets up the
    base, and deploys. Ports that are taken are left alone: the next free ones
    are used. Run it again whenever you like; change a line of the example, and
    `homeport up` brings it out.
    """
    from homeport.cli.opening import opened
    from homeport.cli.outcome import plan_confirmation, show_outcome
    from homeport.cli.setup_server import set_up
    from homeport.deploy.base.home.options import SetupOptions
    from homeport.deploy.example import ensure_example
    from homeport.deploy.up import Up
    from homeport.machine.membership import was_restarted

    emit = Progress()
    folder = ensure_example("notes", directory, emit)
    set_up("local", instance, None, emit, SetupOptions(free_ports=True), yes=True)

    with opened(folder, None, "local", instance, sources=True) as one:
        outcome = Up(one.application, one.target, plan_confirmation(one, yes=True), emit).run()
        show_outcome(one, outcome)
    typer.echo(f"The example is in {folder}. Change a line there and run: {_ourselves()} up -C {folder}")
    if was_restarted():
        typer.echo("Log in again before that: this login is not in Docker's group yet.")


def _ourselves() -> str:
    """What a person has to type to run us: our path where their shell would not find us."""
    return "homeport" if shutil.which("homeport") else sys.argv[0]
