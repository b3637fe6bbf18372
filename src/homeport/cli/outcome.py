"""What every verb that makes a release shows: the plan, the question, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from homeport.cli.opening import Opened
from homeport.cli.show import confirmation, plain, show_json, show_plan, tell, tell_folded

if TYPE_CHECKING:
    from homeport.deploy.answers import Answer
    from homeport.deploy.release import Outcome
    from homeport.targets import Target
    from homeport.terraform import Plan

AS_THE_MANIFEST_SAYS = "is as the manifest says"


def plan_confirmation(one: Opened, yes: bool, *, everything: bool = False) -> Callable[[Plan], bool]:
    """Shows a plan for an open target, and asks whether to apply it."""
    ask = confirmation(yes, f"Apply this to {one.application.target_name}?")

    def confirm(plan: Plan) -> bool:
        show_changes(plan, one.target, heading_of(one), everything=everything)
        return ask()

    return confirm


def heading_of(one: Opened) -> str:
    return f"{one.application.name} on {one.application.target_name} ({one.target.called}):"


def show_changes(plan: Plan, target: Target, heading: str, *, everything: bool = False, with_cost: bool = True) -> None:
    """A plan in words, how to see what is only counted, and what all costs where that is billed."""
    from homeport.deploy.summary import counted
    from homeport.deploy.ways import way_of

    way = way_of(target)
    lines = way.in_words(plan, everything=everything)
    show_plan(lines, heading)
    if lines != way.in_words(plan, everything=True):
        tell(f"  {counted(plan)}. A line for each: --all")
    if with_cost and (cost := way.cost(plan)):
        for line in cost.lines(everything=everything):
            tell_folded(f"  {line}")


def show_outcome(one: Opened, outcome: Outcome, *, stands: str = AS_THE_MANIFEST_SAYS, as_json: bool = False) -> None:
    """What a release came to, and where the application answers; `stands` says what is so without a change."""
    if as_json:
        show_json({"did": outcome.did, "release": plain(outcome.release), "answers": plain(outcome.answers)})
    elif outcome.did == "declined":
        typer.echo("Nothing was changed.")
    else:
        typer.echo(_said(one.application.name, one.application.target_name, outcome, stands))
        _show_answers(outcome)


def _said(application: str, target: str, outcome: Outcome, stands: str) -> str:
    if outcome.release is None:
        return f"Nothing to do: {application} on {target} {stands}."
    number, seconds = outcome.release.number, outcome.release.seconds
    return f"Release {number} of {application} serves on {target}, after {seconds:.1f} s."


def _show_answers(outcome: Outcome) -> None:
    for answer in outcome.answers:
        typer.echo(f"  {answer.status}  {answer.url}")
    unknown = {_host(answer): answer.leads_to for answer in outcome.answers if not answer.resolves}
    for name, other in sorted(unknown.items()):
        typer.echo(f"{name} does not resolve from here. {_entry(name, other)}")


def _host(answer: Answer) -> str:
    return answer.url.split("/")[2].partition(":")[0]


def _entry(name: str, other: str) -> str:
    """What to add where, so that a name leads to the application."""
    if other:
        return f"Add to your DNS: {name} CNAME {other}"
    return f"Add to your DNS, or to /etc/hosts: <the server's address> {name}"
