"""`homeport dev`."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from homeport.cli.options import Folder, Yes
from homeport.cli.show import Progress, confirmation, show_json, tell
from homeport.errors import Refused

if TYPE_CHECKING:
    from homeport.deploy.dev import DevDatabase

NOT_FOUND = 127  # as a shell's


def dev(
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND", help="After --: run this with the variables set; its exit code is ours."),
    ] = None,
    export: Annotated[bool, typer.Option("--export", help='For a shell: eval "$(homeport dev --export)"')] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Drop its data and migrate from nothing. Asks.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it. Its data stays.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove it with its data. Asks.")] = False,
    directory: Folder = Path(),
    yes: Yes = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run a migrated database of this application, to work on it here.

    Prints DATABASE_URL and the PG* variables of the role that services have, as
    an .env file has them: homeport dev > .env

    Needs a Docker engine and nothing else: no base, no target. It listens on
    127.0.0.1 only, on the same port every time; run again, it migrates what is
    new. Two clones of one repository have a database each.
    """
    _one_of(reset=reset, stop=stop, remove=remove, command=bool(command) and not reset)
    if command and shutil.which(command[0]) is None:
        raise _not_run(command[0], "there is no such program")
    from homeport.deploy.dev import Dev
    from homeport.deploy.identity import holder

    with Dev.open(directory, holder=holder(), emit=Progress()) as one:
        called = f"dev database of {one.manifest.name}"
        if stop:
            tell(f"Stopped the {called}; its data stays." if one.stop() else f"The {called} did not run.")
            return
        if (reset or remove) and not confirmation(yes, f"Delete all data of the {called}?")():
            tell("Nothing was changed.")
            return
        if remove:
            one.remove()
            tell(f"Removed the {called}.")
            return
        made = one.up(anew=reset)
    tell(_summary(made))
    if command:
        _become(command, made.variables)
    _show(made, export=export, as_json=as_json)


def _one_of(**given: bool) -> None:
    named = [name for name, is_given in given.items() if is_given]
    if len(named) > 1:
        raise typer.BadParameter(f"{' and '.join(named)} do not go together")


def _summary(made: DevDatabase) -> str:
    """One sentence on standard error, so that what is on standard output can go into a file."""
    done = f"migrated by {', '.join(made.applied)}" if made.applied else "unchanged"
    version = f", at version {made.version}" if made.version else ""
    return f"{made.name} on 127.0.0.1:{made.port}: {done}{version}"


def _show(made: DevDatabase, *, export: bool, as_json: bool) -> None:
    if as_json:
        show_json(made)
        return
    for name, value in made.variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}" if export else f"{name}={value}")


def _become(command: list[str], variables: dict[str, str]) -> NoReturn:
    """This process becomes the command: its signals, its terminal and its exit code are its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvpe(command[0], command, os.environ | variables)
    except OSError as error:
        raise _not_run(command[0], error.strerror or str(error)) from error


def _not_run(program: str, why: str) -> Refused:
    refused = Refused(f"{program} cannot be run: {why}.")
    refused.exit_code = NOT_FOUND
    return refused
