"""`homeport apps`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from homeport.cli.options import AsJson, Instance, ServerAddress
from homeport.cli.show import show_json, table

if TYPE_CHECKING:
    from homeport.deploy.apps import App


def apps(host: ServerAddress = None, instance: Instance = "homeport", as_json: AsJson = False) -> None:
    """List every application on a server, and what belongs to none.

    Needs no homeport.yaml. It asks and changes nothing.
    """
    from homeport.deploy.apps import apps as ask
    from homeport.deploy.apps import megabytes
    from homeport.deploy.identity import holder
    from homeport.targets import HomeTarget

    with HomeTarget.open(host or "local", instance=instance, holder=holder()) as target:
        found = ask(target)
        called = target.home.called
    if as_json:
        show_json(found)
        return
    if found.applications:
        headings = ("APPLICATION", "RELEASE", "WHEN", "BY", "CONTAINERS", "DATABASE", "MEMORY", "ANSWERS ON")
        table([_row(one) for one in found.applications], headings)
    else:
        typer.echo(f"No application is on {called}.")
    for one in found.applications:
        for problem in one.problems:
            typer.echo(f"{one.application}.{one.target}: {problem}")
    for problem in found.problems:
        typer.echo(f"base: {problem}")
    if found.unclaimed:
        typer.echo("\nOf no application (or of a release under way):")
        table([(one.kind, one.name, one.what) for one in found.unclaimed], ("KIND", "NAME", "WHAT"))
    typer.echo(f"The base of {called} uses {megabytes(found.memory)} of memory.")


def _row(one: App) -> tuple[str, ...]:
    from homeport.deploy.apps import megabytes

    return (
        f"{one.application}.{one.target}",
        str(one.release or "-"),
        one.when or "-",
        one.by or "-",
        f"{one.containers - len(one.problems)} of {one.containers} up",
        megabytes(one.database) if one.database else "-",
        megabytes(one.memory),
        " ".join(_shortest(one.urls)) or "-",
    )


def _shortest(urls: tuple[str, ...]) -> list[str]:
    """The shortest URL of each host: an application's other routes are below it."""
    hosts: dict[str, str] = {}
    for url in sorted(urls, key=len):
        hosts.setdefault(url.split("/")[2], url)
    return list(hosts.values())
