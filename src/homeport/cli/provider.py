"""`homeport provider`."""

import shlex
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.opening import opened
from homeport.cli.options import Folder, HostAddress, Instance
from homeport.cli.show import Progress, show_json, tell

app = typer.Typer(help="The homeport provider, for a plain Terraform.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _provider() -> None:
    """The homeport provider, for a plain Terraform."""


@app.command("serve")
def serve(
    target: Annotated[
        str | None,
        typer.Argument(metavar="TARGET", help="A target of homeport.yaml, whose state is served, too."),
    ] = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: Annotated[bool, typer.Option("--json", help="Print the variables as one JSON document.")] = False,
) -> None:
    """Serve the provider until Ctrl-C, for Terraform in another shell.

    Prints what to paste there; after that, terraform plan and every other verb
    work as they are. With a target its state is served, too, to the root that
    `homeport render` writes, and its lock is held: nobody deploys meanwhile.
    """
    from homeport.deploy.serving import serve_anywhere, serve_target

    emit = Progress()
    if target is None:
        with serve_anywhere(emit) as variables:
            _until_stopped(variables, as_json)
        return
    with opened(directory, target, host, instance) as one, serve_target(one.application, one.server, emit) as variables:
        _until_stopped(variables, as_json)


def _until_stopped(variables: Mapping[str, str], as_json: bool) -> None:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    if as_json:
        show_json(variables)
    else:
        for name, value in variables.items():
            typer.echo(f"export {name}={shlex.quote(value)}")
    tell("Serving until Ctrl-C. Paste the lines into another shell, then run Terraform there.")
    stopped.wait()
    tell("Stopped serving.")
