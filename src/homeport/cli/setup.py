"""`homeport setup`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeport.cli.opening import BASE_FILE, DEFAULT_INSTANCE, instance_of, opened, read_base_file
from homeport.cli.options import AsJson, Everything, HostAddress, Instance, Yes
from homeport.cli.setup_cloud import refuse_options_of_servers, remove_cloud, set_up_cloud
from homeport.cli.setup_server import set_up_server, show_registry_password
from homeport.errors import Refused

if TYPE_CHECKING:
    from homeport.manifest import AwsTarget


def setup(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="TARGET",
            help="Of homeport.yaml: its server, or its AWS account. This machine without one.",
        ),
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
    with_front: Annotated[
        bool,
        typer.Option("--with-front", help="Upgrade the front, too: for about 2 s it takes no new connection."),
    ] = False,
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

    On a server that is two networks, a registry with two volumes, Postgres,
    the gateway and the front before it. On a bare Debian or Ubuntu it also
    installs Docker, after asking. Without homeport.base.yaml it takes safe
    defaults and writes the file.

    On AWS it is a network, a load balancer, a cluster for containers and, if
    the section aws of homeport.base.yaml says so, certificates, roles for
    GitHub Actions and a budget. Who asks, where, and what it would make are
    shown first.
    """
    if images not in (None, "official", "built"):
        raise typer.BadParameter("is official or built", param_hint="--images")
    wanted = read_base_file(directory)
    there = target_of(directory, target)
    if isinstance(there, str):
        if remove:
            raise Refused(
                "The base of a server is not taken down by --remove.",
                next_step="Choose a target of kind aws to remove.",
            )
        host, instance = host or there, instance_of(instance, wanted)
        if show_registry_login:
            show_registry_password(host, instance)
        else:
            from homeport.deploy.base.home.options import SetupOptions

            options = SetupOptions(images, free_ports, with_front)  # type: ignore[arg-type]  # looked at above
            set_up_server(host, instance, directory, options, yes=yes, as_json=as_json)
        return
    refuse_options_of_servers(
        {
            "--images": images,
            "--free-ports": free_ports,
            "--with-front": with_front,
            "--show-registry-login": show_registry_login,
        }
    )
    with opened(directory, target, host, instance) as one:
        if remove:
            remove_cloud(one.account, yes=yes, everything=everything, as_json=as_json)
        else:
            name = one.application.target_name
            set_up_cloud(one.account, name, wanted, yes=yes, everything=everything, as_json=as_json)


def target_of(folder: Path, name: str | None) -> str | AwsTarget:
    """The host of the server that is meant, or an AWS account: the one look-up. Without a target, this machine."""
    if name is None:
        return "local"
    from homeport.deploy.application import load_application
    from homeport.manifest import DockerTarget

    there = load_application(folder, name, sources=False).target
    return there.host if isinstance(there, DockerTarget) else there
