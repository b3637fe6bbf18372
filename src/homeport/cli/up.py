"""`homeport up`."""

from pathlib import Path

from homeport.cli.opening import RELEASING, opened
from homeport.cli.options import AsJson, Folder, HostAddress, Instance, TargetName, Yes
from homeport.cli.outcome import plan_confirmation, show_outcome
from homeport.cli.show import Progress


def up(
    target: TargetName = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Deploy: build what changed, plan, ask, apply, verify.

    The old release serves until every new container is healthy; then all routes
    switch, and requests in flight get 60 s to end. What fails leaves the old one.

    Not to AWS, where nothing is built: homeport promote releases there what
    another target has.
    """
    with opened(directory, target, host, instance, sources=True, needs=RELEASING) as one:
        from homeport.deploy.up import Up

        outcome = Up(one.application, one.target, plan_confirmation(one, yes), Progress()).run()
        show_outcome(one, outcome, as_json=as_json)
