"""`homeport doctor`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from homeport.cli.options import AsJson, Folder, HostAddress, Instance
from homeport.cli.show import show_json

if TYPE_CHECKING:
    from homeport.deploy.doctor import Examination

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "wrong": ("✗", "red")}


def doctor(
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a server, and the command that mends it.

    Looks at the engine, disks, memory, ports, networks, containers, Postgres,
    routes, the certificate, host names, versions, leftovers, secrets, locks,
    backups and clocks.
    Changes nothing. With a homeport.yaml in the folder: the servers of its
    targets. Exit code 1 if anything is wrong; a warning is none.
    """
    from homeport.deploy.doctor import Commands, examine
    from homeport.deploy.doctor.manifests import asked
    from homeport.deploy.identity import holder

    found = asked(directory, host)
    is_root = os.geteuid() == 0
    done = [
        examine(address, instance, Commands(address, instance, is_root, found.folders), hosts, holder())
        for address, hosts in found.servers.items()
    ]
    if as_json:
        show_json(done)
    else:
        for one in done:
            _show(one)
    if any(one.is_wrong for one in done):
        raise typer.Exit(1)


def _show(examination: Examination) -> None:
    typer.echo(f"{examination.instance} on {examination.host}:")
    for finding in examination.findings:
        mark, colour = MARKS[finding.level]
        typer.echo(f"  {typer.style(mark, fg=colour)} {finding.check:<10} {finding.text}")
        if finding.mend:
            typer.echo(f"{'':<15}{finding.mend}")
    levels = [finding.level for finding in examination.findings]
    typer.echo(f"{levels.count('wrong')} wrong, {levels.count('warning')} to look at, {levels.count('ok')} right.")
