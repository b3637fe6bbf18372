"""`homeport secret`."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from homeport.cli.opening import Opened, opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName
from homeport.cli.show import show_json, table, tell
from homeport.errors import Refused

app = typer.Typer(
    help="Set, import, list and remove secrets. A value is never on a command line, in the state or in a log.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
STANDARD_INPUT = "standard input"
MOST_BYTES = 128 << 10  # Linux lets no environment variable be longer
Name = Annotated[str, typer.Argument(help="The environment variable that the service gets.", metavar="NAME")]


@app.command("set")
def set_(
    name: Name,
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Set a secret: its value is asked for, or read from standard input."""
    from homeport.secret import Secret

    with opened(directory, target, host, instance) as one:
        secrets, scope = one.target.secrets, one.application.root
        before = secrets.versions(scope, [name]).get(name)
        version = secrets.set(scope, name, Secret(_value(name)))
        if version == before:
            typer.echo(f"{name} has that value already.")
        else:
            typer.echo(f"{name} is set (version {version}). It reaches the services with the next release.")


@app.command("import")
def import_(
    target: Annotated[
        str | None, typer.Argument(metavar="TARGET", help="A target of homeport.yaml, where there are several.")
    ] = None,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="An .env file; -, or none, is standard input.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Names that homeport.yaml does not know, too.")] = False,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """Set the secrets of an .env file, those that homeport.yaml names.

    All of them are set, or none: a mistake names its line. As in Compose, a line
    is NAME=value, in quotes or not, with comments and export; a $ stands in
    single quotes. Values are never shown.
    """
    from homeport.deploy.secrets import import_secrets

    target, file = _target_and_file(target, file)
    data, named = _read(file)
    with opened(directory, target, host, instance) as one:
        found = import_secrets(one.application, one.target, data, named=named, everything=everything)
    if as_json:
        show_json(found)
        return
    table([(name, change) for name, change in sorted(found.kept.items())], ("NAME", "VALUE"))
    if found.left_out:
        tell(f"Left out, because homeport.yaml does not name them: {', '.join(found.left_out)}")
    if found.missing:
        tell(f"Not set yet: {', '.join(found.missing)}")


@app.command("list")
def list_(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """List the secrets of a target, and who uses them."""
    with opened(directory, target, host, instance) as one:
        versions = _versions(one)
        services = {**one.application.manifest.services, **one.application.manifest.models}
    used = {name: [service for service, entry in services.items() if name in entry.secrets] for name in versions}
    if as_json:
        show_json({name: {"version": version, "used_by": used[name]} for name, version in versions.items()})
    elif not versions:
        typer.echo("No secrets are set.")
    else:
        rows = [(name, str(version), ", ".join(used[name]) or "-") for name, version in sorted(versions.items())]
        table(rows, ("NAME", "VERSION", "USED BY"))


@app.command("remove")
def remove(
    name: Name,
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Remove a secret."""
    from homeport.deploy.secrets import remove_secret
    from homeport.deploy.ways import way_of

    with opened(directory, target, host, instance) as one:
        users = remove_secret(one.application, one.target, name)
        place, without = one.application.target_name, way_of(one.target).without_a_secret()
    typer.echo(f"{name} is removed.")
    if users:
        tell(f"It is a secret of {', '.join(users)}: {without}.\nSet it again by: homeport secret set {name} {place}")


def _versions(one: Opened) -> dict[str, int | str]:
    """Of all that are set, and of those that the manifest names: what was just set may not be listed yet."""
    from homeport.deploy.secrets import known_secrets

    secrets, scope = one.target.secrets, one.application.root
    found = {**secrets.list(scope), **secrets.versions(scope, known_secrets(one.application.manifest))}
    return dict(sorted(found.items()))


def _target_and_file(target: str | None, file: str | None) -> tuple[str | None, str | None]:
    """The only argument is the file when no target can be called so: - or anything with a dot or a slash."""
    if target and file is None and (target == "-" or "." in target or "/" in target):
        return None, target
    return target, file


def _read(file: str | None) -> tuple[bytes, str]:
    """The file's content, and how messages call it."""
    if file in (None, "-"):
        if sys.stdin.isatty():
            tell("Reads NAME=value lines from here; end them with Ctrl-D.")
        return _whole(sys.stdin.buffer, STANDARD_INPUT), STANDARD_INPUT
    try:
        with Path(str(file)).open("rb") as opened_file:
            return _whole(opened_file, str(file)), str(file)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from error


def _value(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(f"Value of {name}", hide_input=True, err=True))
    try:
        text = _whole(sys.stdin.buffer, STANDARD_INPUT).decode()
    except UnicodeDecodeError as error:
        raise Refused(
            f"The value of {name} should be UTF-8 text: an environment variable is to hold it.",
            next_step="Encode it, by base64 for example, and let the service decode it.",
        ) from error
    return text.replace("\r\n", "\n").removesuffix("\n")


def _whole(file: BinaryIO, named: str) -> bytes:
    """All that the file holds. Raises Refused for more than a secret can be: a device has no end."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(
            f"{named} holds more than {MOST_BYTES >> 10} KB, which is more than secrets can be.",
            next_step="Name the file that holds them. What is larger belongs in the image, or in an object store.",
        )
    return data
