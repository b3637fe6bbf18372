"""`homeport promote`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeport.cli.opening import RELEASING, Opened, opened
from homeport.cli.options import AsJson, Everything, Folder, HostAddress, Instance, Yes
from homeport.cli.outcome import plan_confirmation, show_outcome
from homeport.cli.show import Progress, show_json, tell
from homeport.errors import HostUnreachable, Refused

if TYPE_CHECKING:
    from homeport.deploy.release import Confirm
    from homeport.manifest import AwsTarget, DockerTarget
    from homeport.targets import Target

From = Annotated[str, typer.Argument(metavar="FROM", help="The target whose last release is taken.")]
To = Annotated[str, typer.Argument(metavar="TO", help="The target that it is released to.")]
FromHost = Annotated[
    str | None, typer.Option("--from-host", help="Instead of FROM's host. On the same host as TO, --host is both's.")
]
FromInstance = Annotated[
    str | None, typer.Option("--from-instance", help="FROM's installation, where it is not TO's.", metavar="TEXT")
]
OnlyAhead = Annotated[
    bool, typer.Option("--ahead", help="Send the images and the record to TO, and release nothing yet.")
]


def promote(
    from_: From,
    to: To,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
    from_host: FromHost = None,
    from_instance: FromInstance = None,
    ahead: OnlyAhead = False,
    everything: Everything = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Release to TO the very images that FROM has.

    TO keeps its own configuration: overrides, hosts and secrets. Builds nothing
    and needs no sources but homeport.yaml. Images are copied by digest; what is
    there already is not sent again. To AWS they can be sent --ahead: a promotion
    then takes what was sent where FROM cannot be reached.
    """
    if from_ == to:
        raise Refused(f"{to} cannot be promoted to itself.", next_step="Name two targets of homeport.yaml.")
    with opened(directory, to, host, instance, sources=False, needs=RELEASING) as one:
        place = (from_, from_host, from_instance or instance)
        if ahead:
            with _source(one, *place) as source:
                _send(one, from_, source, as_json=as_json)
            return
        with _source_or_ahead(one, *place) as source:
            _promote(one, from_, source, plan_confirmation(one, yes, everything=everything), as_json=as_json)


def _promote(one: Opened, origin: str, source: Target, confirm: Confirm, *, as_json: bool) -> None:
    from homeport.deploy.promote import Promote

    outcome = Promote(origin, source, one.application, one.target, confirm, Progress()).run()
    show_outcome(one, outcome, stands=f"has what {origin} has", as_json=as_json)


def _send(one: Opened, origin: str, source: Target, *, as_json: bool) -> None:
    from homeport.deploy.ahead import Ahead

    sent = Ahead(origin, source, one.application, one.target, Progress()).run()
    if as_json:
        show_json({"did": "sent", "release": sent})
        return
    typer.echo(
        f"Release {sent.number} of {origin} is sent ahead. Release it by: "
        f"homeport promote {origin} {one.application.target_name}"
    )


@contextmanager
def _source_or_ahead(one: Opened, name: str, host: str | None, instance: str) -> Iterator[Target]:
    """FROM's target, open; TO itself, where FROM cannot be reached and a release of it was sent ahead."""
    from homeport.deploy.ahead import was_sent_ahead

    with ExitStack() as stack:
        try:
            source = stack.enter_context(_source(one, name, host, instance))
        except HostUnreachable:
            if not was_sent_ahead(one.application, name, one.target):
                raise
            tell(f"{name} cannot be reached: what was sent ahead of it is taken.")
            source = one.target
        yield source


@contextmanager
def _source(one: Opened, name: str, host: str | None, instance: str) -> Iterator[Target]:
    """FROM's target, open: TO's own connection where both are on one host."""
    application = one.application
    origin = application.manifest.target(name)
    is_beside = _place(origin) == _place(application.target)
    if is_beside and host is None and _is_same_installation(one, instance):
        yield one.target
        return
    with opened(application.folder, name, host or _override(one, is_beside), instance, sources=False) as source:
        yield source.target


def _override(one: Opened, is_beside: bool) -> str | None:
    """Where TO's host was said to be another, FROM on the same host goes along."""
    return one.server.address if is_beside and one.application.target.kind == "docker" else None


def _is_same_installation(one: Opened, instance: str) -> bool:
    """An account and region of AWS has one only."""
    return one.application.target.kind == "aws" or instance == one.server.home.instance


def _place(target: DockerTarget | AwsTarget) -> tuple[str, ...]:
    """Where a target is, as the manifest has it."""
    return (target.host,) if target.kind == "docker" else (target.account, target.region)
