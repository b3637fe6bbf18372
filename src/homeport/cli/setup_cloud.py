"""`homeport setup` for a target that is an AWS account and region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import typer

from homeport.cli.outcome import show_changes
from homeport.cli.show import Progress, confirmation, show_json, tell
from homeport.errors import Refused

if TYPE_CHECKING:
    from homeport.deploy.base.cloud import CloudOutcome
    from homeport.manifest import BaseFile
    from homeport.targets import CloudTarget
    from homeport.terraform import Plan

DEFAULTS = """\
homeport.base.yaml says nothing of AWS: no domain, nobody deploys from GitHub, no budget, logs for 30 days. To set them:
  aws:
    domain: example.com
    zone: Z0123456789ABCDEFGHIJ     # where the domain is in this account's Route 53
    github: {repository: OWNER/NAME, repository_id: "1", owner_id: "2", environments: [production]}
    budget: {monthly: 50, email: you@example.com}
    logs: {retention: 30}"""


def refuse_options_of_servers(given: Mapping[str, object]) -> None:
    """What only a server's base has."""
    for option, value in given.items():
        if value:
            raise Refused(f"{option} is for the base of a server; the target is an AWS account.")


def set_up_cloud(
    target: CloudTarget, name: str, wanted: BaseFile | None, *, yes: bool, everything: bool, as_json: bool
) -> None:
    """Make the base or change it, and say what came of it. `name` is the target's."""
    from homeport.deploy.base.cloud import SetUpCloud
    from homeport.manifest import AwsBase

    if wanted is None or "aws" not in wanted.model_fields_set:
        tell(DEFAULTS)
    confirm = _confirmation(target, yes, "Make this", everything=everything)
    made = SetUpCloud(target, wanted.aws if wanted else AwsBase(), confirm, Progress()).run()
    if as_json:
        show_json(made)
    elif made.did == "declined":
        typer.echo(f"Nothing was changed but for the bucket {target.bucket.name}, which will keep the state.")
    else:
        _show(made, target, name)


def remove_cloud(target: CloudTarget, *, yes: bool, everything: bool, as_json: bool) -> None:
    """Take the base down."""
    from homeport.deploy.base.cloud.removal import RemoveCloudBase

    confirm = _confirmation(target, yes, "Remove this", everything=everything)
    removed = RemoveCloudBase(target, confirm, Progress()).run()
    if as_json:
        show_json({"did": "removed" if removed else "nothing"})
    else:
        gone = f"The base of {target.called} is removed, and the bucket with its states and records."
        typer.echo(gone if removed else "Nothing was removed.")


def _confirmation(target: CloudTarget, yes: bool, question: str, *, everything: bool) -> Callable[[Plan], bool]:
    def confirm(plan: Plan) -> bool:
        show_changes(plan, target, f"The base of {target.called}:", everything=everything)
        return confirmation(yes, f"{question} in {target.called}?")()

    return confirm


def _show(made: CloudOutcome, target: CloudTarget, name: str) -> None:
    is_as_it_was = made.did == "nothing"
    lead = "Nothing to do: the base is as it should be." if is_as_it_was else f"The base of {target.called} is set up."
    typer.echo(lead)
    if made.base and (door := made.base.outputs.get("load_balancer_dns")):
        typer.echo(f"The load balancer is {door}")
    if made.awaited:
        typer.echo("Certificates wait for these records. Add them where the domain's DNS is kept:")
        for record in made.awaited:
            typer.echo(f"  {record.name}  {record.type}  {record.value}")
        typer.echo(f"AWS looks for them for 72 hours. Then, to go on from there: homeport setup {name}".rstrip())
    for subject, role in made.deploy_roles.items():
        typer.echo(f"GitHub Actions deploy from {subject} by the role {role}")
    if made.plan_role:
        typer.echo(f"GitHub Actions plan by the role {made.plan_role}")
