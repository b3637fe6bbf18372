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
    from homeport.deploy.application import Application
    from homeport.deploy.release import Confirm
    from homeport.targets import Target

Place = tuple[str | None, str]  # a host instead of the target's, and an instance
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
    with opened(directory, to, host, instance, needs=RELEASING) as one:
        place = place_of_source(one.application, from_, (host, instance), (from_host, from_instance))
        if ahead:
            with _source(one, from_, place) as source:
                _send(one, from_, source, as_json=as_json)
            return
        with _source_or_ahead(one, from_, place) as source:
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


def place_of_source(
    application: Application, name: str, to: tuple[str | None, str], said: tuple[str | None, str | None]
) -> Place | None:
    """Where FROM is opened; None where it is in TO's own installation. `to` is the host that TO's was replaced by, and
    TO's instance; `said` is what the command line says of FROM. Another host of TO's is also that of a FROM beside it.
    """
    (host, instance), (from_host, from_instance) = to, said
    is_beside = application.manifest.target(name).place == application.target.place
    if is_beside and from_host is None and from_instance in (None, instance):
        return None
    return from_host or (host if is_beside else None), from_instance or instance


@contextmanager
def _source_or_ahead(one: Opened, name: str, place: Place | None) -> Iterator[Target]:
    """FROM's target, open; TO itself, where FROM cannot be reached and a release of it was sent ahead."""
    from homeport.deploy.ahead import was_sent_ahead

    with ExitStack() as stack:
        try:
            source = stack.enter_context(_source(one, name, place))
        except HostUnreachable:
            if not was_sent_ahead(one.application, name, one.target):
                raise
            tell(f"{name} cannot be reached: what was sent ahead of it is taken.")
            source = one.target
        yield source


@contextmanager
def _source(one: Opened, name: str, place: Place | None) -> Iterator[Target]:
    """FROM's target, open: by TO's own connection where that leads to it."""
    if place is None:
        yield one.target
        return
    with opened(one.application.folder, name, *place) as source:
        yield source.target
