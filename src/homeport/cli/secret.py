"""`homeport secret`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.opening import opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.show import show_json, table

app = typer.Typer(
    help="Set, list and remove secrets. A value is never on a command line, in the state or in a log.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(help="The environment variable that the service gets.", metavar="NAME")]


@app.command("set")
def set_(
    name: Name,
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Set a secret: its value is asked for, or read from standard input."""
    from homeport.secret import Secret

    with opened(directory, target, host, instance) as one:
        before = one.target.drivers.secrets.list(one.application.root).get(name)
        version = one.target.drivers.secrets.set(one.application.root, name, Secret(_value(name)))
        if version == before:
            typer.echo(f"{name} has that value already.")
        else:
            typer.echo(f"{name} is set (version {version}). It reaches the services with the next: homeport up")


@app.command("list")
def list_(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """List the secrets of a target, and who uses them."""
    with opened(directory, target, host, instance) as one:
        versions = one.target.drivers.secrets.list(one.application.root)
        services = {**one.application.manifest.services, **one.application.manifest.models}
    used = {name: [service for service, entry in services.items() if name in entry.secrets] for name in versions}
    if as_json:
        show_json({name: {"version": version, "used_by": used[name]} for name, version in versions.items()})
    elif not versions:
        typer.echo("No secrets are set.")
    else:
        rows = [(name, str(version), ", ".join(used[name]) or "-") for name, version in sorted(versions.items())]
        table(rows, ("NAME", "VERSION", "USED BY"))


@app.command("remove")
def remove(
    name: Name,
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Remove a secret."""
    with opened(directory, target, host, instance) as one:
        one.target.drivers.secrets.remove(one.application.root, name)
    typer.echo(f"{name} is removed.")


def _value(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(f"Value of {name}", hide_input=True, err=True))
    return sys.stdin.read().removesuffix("\n")
