"""`homeport registry`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from homeport.cli.options import AsJson, Instance, ServerAddress, Yes
from homeport.cli.show import Progress, confirmation, show_json, table, tell
from homeport.deploy.registry.progress import counted, in_words
from homeport.namespaces import NAMESPACES

if TYPE_CHECKING:
    from homeport.deploy.registry.prune import Pruned
    from homeport.targets import HomeTarget

app = typer.Typer(
    help="List, back up, restore, check and prune the images.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(
    namespace: Annotated[
        str | None, typer.Argument(metavar="NAMESPACE", help="Only api, model or site; all without it.")
    ] = None,
    host: ServerAddress = None,
    instance: Instance = "homeport",
    as_json: AsJson = False,
) -> None:
    """List the images, their sizes, and the releases that use them.

    Containers that run one are named beside its releases.
    """
    if namespace not in (None, *NAMESPACES):
        raise typer.BadParameter(f"is one of {', '.join(NAMESPACES)}", param_hint="NAMESPACE")
    with _opened(host, instance) as target:
        from homeport.deploy.registry.listing import list_images

        found = list_images(target, namespace, Progress())
    if as_json:
        show_json(found)
        return
    rows = [
        (
            image.repository,
            image.digest[7:19],
            ", ".join(image.tags) or "-",
            in_words(image.size),
            in_words(image.unique),
            "; ".join([*_by_root(image.releases), *image.containers]) or "-",
            "yes" if image.backed_up else "no",
        )
        for image in found.images
    ]
    if rows:
        table(rows, ("REPOSITORY", "DIGEST", "TAGS", "SIZE", "UNIQUE", "USED BY", "BACKED UP"))
    disks = f"registry {in_words(found.primary)}, second volume {in_words(found.backup)}"
    typer.echo(f"{counted(len(rows), 'image')}. On disk: {disks}.")


@app.command("backup")
def backup(host: ServerAddress = None, instance: Instance = "homeport", as_json: AsJson = False) -> None:
    """Copy what is new to the second volume. The registry serves meanwhile."""
    with _opened(host, instance) as target:
        from homeport.deploy.registry.backup import backup as run

        made = run(target, Progress())
    if as_json:
        show_json(made)
    else:
        what = _copied(made.blobs, made.written, made.seconds)
        typer.echo(f"The backup holds {counted(made.images, 'image')}: {what}.")


@app.command("restore")
def restore(host: ServerAddress = None, instance: Instance = "homeport", as_json: AsJson = False) -> None:
    """Bring back from the second volume what the registry lacks.

    It also replaces what is damaged there. Nothing newer is overwritten.
    """
    with _opened(host, instance) as target:
        from homeport.deploy.registry.restore import restore as run

        done = run(target, Progress())
    if as_json:
        show_json(done)
    else:
        what = _copied(done.blobs, done.written, done.seconds)
        typer.echo(f"The registry has all of the backup, {counted(done.images, 'image')}: {what}.")
        if done.releases:
            typer.echo(f"The records of {counted(done.releases, 'release')} are back, too.")


@app.command("check")
def check(host: ServerAddress = None, instance: Instance = "homeport", as_json: AsJson = False) -> None:
    """Read every byte of both volumes and name what is damaged.

    What is missing is named, too, and what uses it.
    """
    with _opened(host, instance) as target:
        from homeport.deploy.registry.check import check as run

        found = run(target, Progress())
    if as_json:
        show_json(found)
    else:
        for one in found.problems:
            typer.echo(one.sentence())
        read = f"{counted(found.blobs, 'blob')}, {in_words(found.size)} read in {found.seconds:.1f} s"
        typer.echo(f"{counted(len(found.problems), 'problem')} found: {read}.")
    if found.problems:
        from homeport.deploy.registry.problems import next_step

        tell(next_step(found.problems))
        raise typer.Exit(1)


@app.command("prune")
def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many succeeded releases of each application's target stay.")] = (
        10
    ),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be dropped, and drop nothing.")] = False,
    host: ServerAddress = None,
    instance: Instance = "homeport",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Drop old releases and the images that no kept release uses.

    Both volumes are freed, and the server's engine. What runs always stays. The
    registry stands still for a moment; a deploy waits for it.
    """
    with _opened(host, instance) as target:
        from homeport.deploy.registry.prune import Prune

        ask = confirmation(yes, "Drop these?")

        def confirm(found: Pruned) -> bool:
            _show_pruning(found)
            return not dry_run and ask()

        done = Prune(target, keep, confirm, Progress()).run()
    if as_json:
        show_json(done.summary())
    elif done.freed is None:
        typer.echo("Nothing to prune." if done.is_empty else "Nothing was dropped.")
    else:
        typer.echo(
            f"Freed: registry {in_words(done.freed['primary'])}, second volume {in_words(done.freed['backup'])}, "
            f"engine {in_words(done.freed_on_engine or 0)}."
        )


@contextmanager
def _opened(host: str | None, instance: str) -> Iterator[HomeTarget]:
    from homeport.deploy.identity import holder
    from homeport.targets import HomeTarget

    with HomeTarget.open(host or "local", instance=instance, holder=holder()) as target:
        yield target


def _copied(blobs: int, written: int, seconds: float) -> str:
    return f"{counted(blobs, 'blob')} copied, {in_words(written)} written in {seconds:.1f} s"


def _show_pruning(found: Pruned) -> None:
    """What a person reads before they say yes, on standard error."""
    for root, numbers in found.plan.releases.items():
        tell(f"  - releases of {root}: {', '.join(map(str, numbers))}")
    for volume, images in found.plan.images.items():
        for image in images:
            tell(f"  - {volume} volume: {image.repository}@{image.digest[:19]}")
        if freed := found.plan.freed(volume):
            tell(f"  {volume} volume: frees {in_words(freed)}")
    for one in found.engine:
        tell(f"  - engine: {one.names[0]} ({in_words(one.size)} with layers that others may share)")


def _by_root(releases: tuple[str, ...]) -> list[str]:
    """`notes.home 1, 2` of `notes.home 1` and `notes.home 2`."""
    numbers: dict[str, list[str]] = {}
    for release in releases:
        root, _, number = release.rpartition(" ")
        numbers.setdefault(root, []).append(number)
    return [f"{root} {', '.join(found)}" for root, found in numbers.items()]
