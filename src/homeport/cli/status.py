"""`homeport status`."""

from pathlib import Path

import typer

from homeport.cli.opening import opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.show import show_json, table


def status(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """Show what runs and what every route answers. Takes no lock."""
    with opened(directory, target, host, instance) as one:
        from homeport.deploy.status import status as ask

        found = ask(one.application, one.target)
    if as_json:
        show_json(found)
        return
    if found.release is None:
        typer.echo(f"{found.application} was never released on {found.target}.")
    else:
        typer.echo(
            f"{found.application} on {found.target} ({found.host}): release {found.release.number}, "
            f"{found.release.started}, by {found.release.by}"
        )
    last = found.last_attempt
    if last and last.result != "succeeded":
        typer.echo(f"The last attempt, {last.number}, {last.result}: {last.error.splitlines()[0]}")
    if found.containers:
        table(
            [(one.service, one.status, one.name) for one in found.containers],
            ("SERVICE", "STATUS", "CONTAINER"),
        )
    for answer in found.answers:
        typer.echo(f"  {answer.status}  {answer.url}")
    if found.problem:
        typer.echo(found.problem)
