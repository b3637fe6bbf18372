"""`homeport trust`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeport.cli.opening import opened_host
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName, Yes
from homeport.cli.show import confirmation, show_json, tell

if TYPE_CHECKING:
    from homeport.deploy.base.home.trust import Root

WHERE = """\
Who trusts it takes the gateway's certificates for good:
  this machine     homeport trust --install, and --remove to take it back
  Debian, Ubuntu   as /usr/local/share/ca-certificates/{called}.crt,
                   then: sudo update-ca-certificates
  macOS            sudo security add-trusted-cert -d -r trustRoot \\
                   -k /Library/Keychains/System.keychain FILE
  Firefox          Settings, Certificates, Authorities, Import
  a phone          send it the file and open it; then trust it in the settings"""


def trust(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    install: Annotated[bool, typer.Option("--install", help="Make this machine trust it, after asking.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Make this machine trust it no longer.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Trust a server's own certificates, with gateway: {tls: own}.

    Prints the root certificate on standard output, and beside it what to do
    with it. Its key stays with the server's secrets.
    """
    if install and remove:
        raise typer.BadParameter("stands for the opposite of --install", param_hint="--remove")
    with opened_host(directory, target, host, instance) as connected:
        from homeport.deploy.base.home.trust import root_of

        root = root_of(connected)
    if install or remove:
        _change(root, install=install, yes=yes)
    elif as_json:
        show_json(root)
    else:
        typer.echo(root.certificate, nl=False)
        _tell_what_it_is(root)
        tell(WHERE.format(called=root.called))


def _tell_what_it_is(root: Root) -> None:
    tell(f"{root.called}, until {root.until}, SHA-256\n  {root.fingerprint}")


def _change(root: Root, *, install: bool, yes: bool) -> None:
    """Show the commands, ask, run them."""
    from homeport.machine import trust_store as stores

    store = stores.trust_store()
    if install and store.has(root.called, root.certificate):
        typer.echo(f"Nothing to do: this machine trusts {root.called} already.")
        return
    with stores.certificate_file(root.certificate) as file:
        commands = (stores.install_commands if install else stores.remove_commands)(store, root.called, file)
        _tell_what_it_is(root)
        for command in commands:
            tell(f"  {shlex.join(command)}")
        if not confirmation(yes, "Run these?")():
            typer.echo("Nothing was changed.")
            return
        stores.run_all(commands)
    typer.echo(f"This machine {'trusts' if install else 'no longer trusts'} {root.called}.")
