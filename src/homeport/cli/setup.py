"""`homeport setup`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from homeport.cli.options import AsJson, HostAddress, Instance, Yes
from homeport.cli.outcome import show_changes
from homeport.cli.show import Progress, confirmation, show_json

if TYPE_CHECKING:
    from homeport.deploy.setup import SetUp
    from homeport.events import Emit
    from homeport.manifest import BaseFile
    from homeport.terraform import Plan

BASE_FILE = "homeport.base.yaml"


def setup(
    host: HostAddress = None,
    instance: Instance = "homeport",
    directory: Annotated[
        Path,
        typer.Option(
            "-C",
            "--directory",
            help=f"The folder of {BASE_FILE}.",
            file_okay=False,
            exists=True,
            show_default=False,
        ),
    ] = Path(),
    images: Annotated[
        str | None,
        typer.Option(
            help="Where service images come from: official, or built on the server. Kept from the first setup."
        ),
    ] = None,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take the next free port for a taken one.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make or change the base of a server.

    That is two networks, a registry with two volumes, Postgres and the gateway.
    On a bare Debian or Ubuntu it also installs Docker, after asking. Without
    homeport.base.yaml it takes safe defaults and writes the file.
    """
    if images not in (None, "official", "built"):
        raise typer.BadParameter("is official or built", param_hint="--images")
    emit = Progress()
    made = set_up(
        host or "local",
        instance,
        read_base_file(directory),
        emit,
        yes=yes,
        images=images,
        free_ports=free_ports,
    )
    if made.did != "declined":
        write_base_file(directory, made)
    if as_json:
        show_json(made)
    elif made.did == "declined":
        typer.echo("Nothing was changed.")
    else:
        lead = "Nothing to do: the base is as it should be." if made.did == "nothing" else "The base is set up."
        typer.echo(f"{lead} Applications answer on {made.base.url('<application>.' + made.base.domain)}")


def set_up(
    host: str,
    instance: str,
    wanted: BaseFile | None,
    emit: Emit,
    *,
    yes: bool,
    images: Literal["official", "built"] | str | None = None,
    free_ports: bool = False,
) -> SetUp:
    """The base of a host; on this machine, its Docker engine first."""
    from homeport.deploy.identity import holder
    from homeport.deploy.setup import Setup
    from homeport.targets import HomeTarget

    if host == "local":
        from homeport.machine import ensure_engine

        ensure_engine(emit, confirm=lambda question: confirmation(yes, question)())
    with HomeTarget.open(host, instance=instance, holder=holder()) as target:
        ask = confirmation(yes, f"Make this on {target.home.called}?")

        def confirm(plan: Plan) -> bool:
            show_changes(plan, f"The base of {target.home.called}:")
            return ask()

        return Setup(target, wanted, confirm, emit, images, free_ports).run()  # type: ignore[arg-type]


def read_base_file(folder: Path) -> BaseFile | None:
    """The owner's base file, where there is one."""
    path = folder / BASE_FILE
    if not path.exists():
        return None
    from homeport.manifest import load_base

    return load_base(path)


def write_base_file(folder: Path, made: SetUp) -> None:
    """What stands, as a file to keep under version control, where there is none; an owner's own is left to them."""
    path = folder / BASE_FILE
    if (wanted := read_base_file(folder)) is not None:
        if (wanted.gateway.http, wanted.registry.port) != (made.base.http, made.base.registry_port):
            typer.echo(
                f"{BASE_FILE} has other ports. Set in it:\n"
                f"  gateway: {{http: {made.base.http}}}\n  registry: {{port: {made.base.registry_port}}}",
                err=True,
            )
        return
    from homeport.deploy.base_text import base_text

    path.write_text(base_text(made.base))
    typer.echo(f"{BASE_FILE} is written: keep it under version control.", err=True)
