"""`homeport terraform`."""

import os
import signal
import subprocess
import sys

import typer

from homeport.cli.show import Progress


def terraform(context: typer.Context) -> None:
    """Run plain Terraform here, with the homeport provider.

    Everything after -- is Terraform's: homeport terraform -- plan -out=p
    """
    from homeport.deploy.serving import serve_anywhere
    from homeport.terraform import find

    binary = find()
    with serve_anywhere(Progress()) as attach:
        # A terminal's Ctrl-C reaches Terraform by itself; the provider under it must not end before it does.
        signal.signal(signal.SIGINT, lambda number, frame: None)
        code = subprocess.call([*binary.command, *context.args], env=os.environ | attach)
    sys.exit(code)
