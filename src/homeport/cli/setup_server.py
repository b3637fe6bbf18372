"""`homeport setup` for a target that is a server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from homeport.cli.opening import BASE_FILE, read_base_file
from homeport.cli.outcome import show_changes
from homeport.cli.show import Progress, confirmation, show_json

if TYPE_CHECKING:
    from homeport.deploy.base.home.options import SetupOptions
    from homeport.deploy.base.home.setup import SetupOutcome
    from homeport.events import Emit
    from homeport.manifest import BaseFile
    from homeport.terraform import Plan


def set_up_server(host: str, instance: str, folder: Path, options: SetupOptions, *, yes: bool, as_json: bool) -> None:
    """Make the base or change it as the file in `folder` says, and say what came of it."""
    made = set_up(host, instance, read_base_file(folder), Progress(), options, yes=yes)
    if made.did != "declined":
        _keep_base_file(folder, made)
    if as_json:
        show_json(made)
    elif made.did == "declined":
        typer.echo("Nothing was changed.")
    else:
        lead = "Nothing to do: the base is as it should be." if made.did == "nothing" else "The base is set up."
        typer.echo(f"{lead} Applications answer on {made.base.url('<application>.' + made.base.domain)}")
        _show_ways_in(made, host)


def set_up(
    host: str,
    instance: str,
    wanted: BaseFile | None,
    emit: Emit,
    options: SetupOptions,
    *,
    yes: bool,
) -> SetupOutcome:
    """The base of a host, its Docker engine first."""
    from homeport.deploy.base.home.server import open_server
    from homeport.deploy.base.home.setup import Setup
    from homeport.deploy.identity import holder

    def steps(question: str) -> bool:
        return yes or (sys.stdin.isatty() and confirmation(yes, question)())

    with open_server(host, emit, steps, instance=instance, holder=holder()) as target:
        ask = confirmation(yes, f"Make this on {target.home.called}?")

        def confirm(plan: Plan) -> bool:
            if not plan.is_empty:
                show_changes(plan, target, f"The base of {target.home.called}:")
            return ask()

        made = Setup(target, wanted, confirm, emit, options).run()
        if made.did != "declined":
            target.remember()
        return made


def show_registry_password(host: str, instance: str) -> None:
    """What a person needs to log in to the registry from another machine."""
    from homeport.deploy.identity import holder
    from homeport.targets import HomeTarget

    with HomeTarget.open(host, instance=instance, holder=holder()) as target:
        typer.echo(target.registry_password())


def _show_ways_in(made: SetupOutcome, host: str) -> None:
    """What is to be done once on other machines: trust our authority, log in to the registry."""
    from homeport.deploy.base.home.registry_login import host_flags, registry_login

    if made.base.tls == "own":
        typer.echo("Browsers trust its certificates once this was run where they are:")
        typer.echo(f"  homeport trust{host_flags(made.base, host)} --install")
    for line in registry_login(made.base, host):
        typer.echo(line)


def _keep_base_file(folder: Path, made: SetupOutcome) -> None:
    """What stands, as a file to keep under version control, where there is none; an owner's own is left to them."""
    from homeport.deploy.base.home.text import base_text, ports_text

    if (wanted := read_base_file(folder)) is None:
        (folder / BASE_FILE).write_text(base_text(made.base))
        typer.echo(f"{BASE_FILE} is written: keep it under version control.", err=True)
    elif not wanted.is_of_a_server:
        typer.echo(f"{BASE_FILE} sets nothing of a server: what stands is kept.", err=True)
    elif _ports(wanted) != (made.base.http, made.base.https, made.base.registry_port, made.base.registry_lan):
        lines = "\n".join(f"  {line}" for line in ports_text(made.base))
        typer.echo(f"{BASE_FILE} has other ports. Set in it:\n{lines}", err=True)


def _ports(wanted: BaseFile) -> tuple[int, int, int, int]:
    return wanted.gateway.http, wanted.gateway.https, wanted.registry.port, wanted.registry.lan or 0
