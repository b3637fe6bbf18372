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

    squawk's findings in the migrations are shown. With a target, only what is new
    since its last release counts, and what would lock a table for long is refused.
    """
    from homeport.deploy.check import check as ask

    checked = ask(directory, target, host, instance)
    if as_json:
        show_json(checked.to_json())
    else:
        for line in checked.lines():
            typer.echo(line)
    checked.refuse()
