"""Arguments and options that several verbs take."""

from pathlib import Path
from typing import Annotated

import typer

TargetName = Annotated[
    str | None,
    typer.Argument(metavar="TARGET", help="A target of homeport.yaml; not needed where there is only one."),
]
Folder = Annotated[
    Path,
    typer.Option(
        "-C",
        "--directory",
        help="The folder that holds homeport.yaml.",
        file_okay=False,
        exists=True,
        show_default=False,
    ),
]
HostAddress = Annotated[
    str | None,
    typer.Option(
        "--host",
        envvar="HOMEPORT_HOST",
        help="Instead of the target's host: local, or ssh://user@server.",
        show_envvar=True,
    ),
]
ServerAddress = Annotated[
    str | None,
    typer.Option(
        "--host",
        envvar="HOMEPORT_HOST",
        help="The server: ssh://user@server, or local. This machine without it.",
        show_envvar=True,
    ),
]
Instance = Annotated[
    str,
    typer.Option(
        "--instance",
        envvar="HOMEPORT_INSTANCE",
        help="The installation on the host, where there are several.",
        show_envvar=True,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON; progress goes to standard error.")]
Everything = Annotated[
    bool,
    typer.Option("--all", help="Show the plan with a line for each resource of Terraform's; on AWS they are many."),
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
ServiceName = Annotated[str | None, typer.Argument(metavar="SERVICE", help="A service, model or site.")]
Tty = Annotated[
    bool | None,
    typer.Option(
        "-t/-T",
        "--tty/--no-tty",
        help="Give the command a terminal, or none. Without either: where this one is a terminal.",
        show_default=False,
    ),
]
