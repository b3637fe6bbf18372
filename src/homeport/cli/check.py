"""`homeport check`."""

from pathlib import Path

import typer

from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.show import show_json


def check(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """Check the manifest, the migrations and the Dockerfiles. Changes nothing.

    With a target, the migrations are compared with its last release, too.
    """
    from homeport.deploy.check import check as ask

    checked = ask(directory, target, host, instance)
    if as_json:
        show_json(checked)
        return
    for line in checked.lines():
        typer.echo(line)
