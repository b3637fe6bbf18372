"""`homeport open`."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.opening import opened_by
from homeport.cli.options import Folder, HostAddress, Instance, ServiceName, TargetName
from homeport.cli.show import tell
from homeport.cli.words import at_most_one


def visit(
    target: TargetName = None,
    service: ServiceName = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the URL only.")] = False,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Open the application in the browser, and print its URL.

    The site or, where there is none, what has the shortest route. Of a server behind
    SSH its port is brought here through that connection, under a name below
    localhost: no DNS is needed. That lasts until Ctrl-C. On AWS the URL is the
    application's first host name, or CloudFront's own name for it.
    """
    with opened_by((target, service), directory, host, instance) as one:
        page = one.daily.page(at_most_one(one.words, "service"))
        _show(page.url, no_browser)
        if page.serve is not None:
            tell(f"This leads to {page.leads_to} until Ctrl-C.")
            page.serve()


def _show(address: str, no_browser: bool) -> None:
    typer.echo(address)
    if not no_browser and not webbrowser.open(address):
        tell("No browser was found here: open it yourself.")
