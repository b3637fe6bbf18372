"""`homeport setup`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from homeport.cli.opening import BASE_FILE, DEFAULT_INSTANCE, instance_of, opened, read_base_file
from homeport.cli.options import AsJson, Everything, HostAddress, Instance, Yes
from homeport.cli.outcome import show_changes
from homeport.cli.setup_cloud import refuse_options_of_servers, remove_cloud, set_up_cloud
from homeport.cli.show import Progress, confirmation, show_json
from homeport.errors import Refused

if TYPE_CHECKING:
    from homeport.deploy.base.setup import SetUp
    from homeport.events import Emit
    from homeport.manifest import AwsTarget, BaseFile
    from homeport.terraform import Plan


def setup(
    target: Annotated[
        str | None,
        typer.Argument(metavar="TARGET", help="A target of homeport.yaml: its server, or its AWS account."),
    ] = None,
    host: HostAddress = None,
    instance: Instance = DEFAULT_INSTANCE,
    directory: Annotated[
        Path,
        typer.Option(
            "-C",
            "--directory",
            help=f"The folder of {BASE_FILE}.",
            file_okay=False,
            exists=True,
            show_default=False,
        ),
    ] = Path(),
    images: Annotated[
        str | None,
        typer.Option(
            help="Where service images come from: official, or built on the server. Kept from the first setup."
        ),
    ] = None,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take the next free port for a taken one.")] = False,
    show_registry_login: Annotated[
        bool, typer.Option("--show-registry-login", help="Print the registry's password, and do nothing else.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the base of an AWS account down, once no application is there.")
    ] = False,
    everything: Everything = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make or change the base of a server, or of an AWS account.

    On a server that is two networks, a registry with two volumes, Postgres and
    the gateway. On a bare Debian or Ubuntu it also installs Docker, after
    asking. Without homeport.base.yaml it takes safe defaults and writes the
    file.

    On AWS it is a network, a load balancer, a cluster for containers and, if
    the section aws of homeport.base.yaml says so, certificates, roles for
    GitHub Actions and a budget. Who asks, where, and what it would make are
    shown first.
    """
    if images not in (None, "official", "built"):
        raise typer.BadParameter("is official or built", param_hint="--images")
    wanted = read_base_file(directory)
    there = target_of(directory, target)
    if not isinstance(there, str):
        options = {"--images": images, "--free-ports": free_ports, "--show-registry-login": show_registry_login}
        refuse_options_of_servers(options)
        with opened(directory, target, host, instance, sources=False) as one:
            if remove:
                remove_cloud(one.account, yes=yes, everything=everything, as_json=as_json)
            else:
                name = one.application.target_name
                set_up_cloud(one.account, name, wanted, yes=yes, everything=everything, as_json=as_json)
        return
    if remove:
        raise Refused(
            "The base of a server is not taken down by --remove.", next_step="Choose a target of kind aws to remove."
        )
    host = host or there
    instance = instance_of(instance, wanted)
    if show_registry_login:
        typer.echo(_registry_password(host, instance))
        return
    emit = Progress()
    made = set_up(
        host,
        instance,
        wanted,
        emit,
        yes=yes,
        images=images,
        free_ports=free_ports,
    )
    if made.did != "declined":
        write_base_file(directory, made)
    if as_json:
        show_json(made)
    elif made.did == "declined":
        typer.echo("Nothing was changed.")
    else:
        lead = "Nothing to do: the base is as it should be." if made.did == "nothing" else "The base is set up."
        typer.echo(f"{lead} Applications answer on {made.base.url('<application>.' + made.base.domain)}")
        show_ways_in(made, host)


def target_of(folder: Path, name: str | None) -> str | AwsTarget:
    """The host of the server that is meant, or an AWS account: the one look-up. Without a target, this machine."""
    if name is None:
        return "local"
    from homeport.deploy.application import load_application
    from homeport.manifest import DockerTarget

    there = load_application(folder, name, sources=False).target
    return there.host if isinstance(there, DockerTarget) else there


def show_ways_in(made: SetUp, host: str) -> None:
    """What is to be done once on other machines: trust our authority, log in to the registry."""
    from homeport.deploy.base.registry_login import host_flags, registry_login

    if made.base.tls == "own":
        typer.echo("Browsers trust its certificates once this was run where they are:")
        typer.echo(f"  homeport trust{host_flags(made.base, host)} --install")
    for line in registry_login(made.base, host):
        typer.echo(line)


def _registry_password(host: str, instance: str) -> str:
    from homeport.deploy.identity import holder
    from homeport.targets import HomeTarget

    with HomeTarget.open(host, instance=instance, holder=holder()) as target:
        return target.registry_password()


def set_up(
    host: str,
    instance: str,
    wanted: BaseFile | None,
    emit: Emit,
    *,
    yes: bool,
    images: Literal["official", "built"] | str | None = None,
    free_ports: bool = False,
) -> SetUp:
    """The base of a host, its Docker engine first."""
    from homeport.deploy.base.server import open_server
    from homeport.deploy.base.setup import Setup
    from homeport.deploy.identity import holder

    def steps(question: str) -> bool:
        return yes or (sys.stdin.isatty() and confirmation(yes, question)())

    with open_server(host, emit, steps, instance=instance, holder=holder()) as target:
        ask = confirmation(yes, f"Make this on {target.home.called}?")

        def confirm(plan: Plan) -> bool:
            if not plan.is_empty:
                show_changes(plan, target, f"The base of {target.home.called}:")
            return ask()

        made = Setup(target, wanted, confirm, emit, images, free_ports).run()  # type: ignore[arg-type]
        if made.did != "declined":
            target.remember()
        return made


def write_base_file(folder: Path, made: SetUp) -> None:
    """What stands, as a file to keep under version control, where there is none; an owner's own is left to them."""
    from homeport.deploy.base.text import base_text, ports_text

    path = folder / BASE_FILE
    if (wanted := read_base_file(folder)) is not None:
        if not wanted.is_of_a_server:
            typer.echo(f"{BASE_FILE} sets nothing of a server: what stands is kept.", err=True)
        elif _ports(wanted) != (made.base.http, made.base.https, made.base.registry_port, made.base.registry_lan):
            lines = "\n".join(f"  {line}" for line in ports_text(made.base))
            typer.echo(f"{BASE_FILE} has other ports. Set in it:\n{lines}", err=True)
        return
    path.write_text(base_text(made.base))
    typer.echo(f"{BASE_FILE} is written: keep it under version control.", err=True)


def _ports(wanted: BaseFile) -> tuple[int, int, int, int]:
    return wanted.gateway.http, wanted.gateway.https, wanted.registry.port, wanted.registry.lan or 0
