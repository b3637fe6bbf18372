"""`homeport releases`."""

from pathlib import Path

import typer

from homeport.cli.opening import opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.show import show_json, table, tell


def releases(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """List the releases of a target, newest first."""
    with opened(directory, target, host, instance) as one:
        records = one.target.records(one.application.name, one.application.target_name)
        none_yet = f"{one.application.name} was never released on {one.application.target_name}."
    found = [release for release in reversed(records.values()) if release]
    for number, release in records.items():
        if release is None:
            tell(f"The record of release {number} is damaged, and left out.")
    if as_json:
        show_json(found)
    elif not records:
        typer.echo(none_yet)
    elif found:
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
