"""`homeport terraform`."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import typer


def terraform(context: typer.Context) -> None:
    """Run plain Terraform here, with the homeport provider.

    Everything after -- is Terraform's: homeport terraform -- plan -out=p
    """
    from homeport.deploy.identity import holder
    from homeport.provider import HomeportProvider, serve
    from homeport.targets import HomeTarget
    from homeport.terraform import find

    binary = find()
    with ExitStack() as open_targets:
        opened: dict[tuple[str, str], HomeTarget] = {}

        def connect(host: str, instance: str) -> object:
            """Each server once, however often Terraform configures the provider."""
            if (host, instance) not in opened:
                target = HomeTarget.open(host, instance=instance, holder=holder())
                opened[host, instance] = open_targets.enter_context(target)
            return opened[host, instance].drivers

        from homeport.cli.show import Progress

        with serve(HomeportProvider(connect, Progress())) as attach:  # type: ignore[arg-type]
            # A terminal's Ctrl-C reaches Terraform by itself; the provider under it must not end before it does.
            signal.signal(signal.SIGINT, lambda number, frame: None)
            code = subprocess.call([*binary.command, *context.args], env=os.environ | attach)
    sys.exit(code)
