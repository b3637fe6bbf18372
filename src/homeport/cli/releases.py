"""`homeport releases`."""

from pathlib import Path

import typer

from homeport.cli.opening import opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.show import show_json, table


def releases(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """List the releases of a target, newest first."""
    with opened(directory, target, host, instance) as one:
        found = one.target.releases(one.application.name, one.application.target_name)[::-1]
        name = f"{one.application.name} was never released on {one.application.target_name}."
    if as_json:
        show_json(found)
    elif not found:
        typer.echo(name)
    else:
        rows = [
            (
                str(release.number),
                release.result,
                release.started,
                f"{release.seconds:.1f} s",
                release.by,
                release.commit or "-",
                release.source or "-",
                release.error.partition("\n")[0],
            )
            for release in found
        ]
        table(rows, ("RELEASE", "RESULT", "STARTED", "TOOK", "BY", "COMMIT", "OF", "WHY"))
