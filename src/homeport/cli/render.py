"""`homeport render`."""

from pathlib import Path
from typing import Annotated

import typer

from homeport.cli.opening import opened
from homeport.cli.options import Folder, HostAddress, Instance, TargetName
from homeport.cli.show import Progress, tell


def render(
    target: TargetName = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Write it there, with the modules it refers to."),
    ] = None,
    directory: Folder = Path(),
    host: HostAddress = None,
    instance: Instance = "homeport",
) -> None:
    """Print the Terraform root that `up` plans, or write it with --out.

    Images are those of the registry, by digest; it builds and changes nothing.
    The root is derived: render it again after a change, and keep what is yours
    (another backend, for example) in files of your own beside it.
    """
    with opened(directory, target, host, instance, sources=True) as one:
        from homeport.deploy.render import rendered, text_of, write_root

        root = rendered(one.application, one.target, Progress())
        name = one.application.target_name
    if out is None:
        typer.echo(text_of(root), nl=False)
        return
    is_new = write_root(root, out)
    typer.echo(f"The root is in {out}." if is_new else f"Unchanged: the root is in {out}.")
    tell(
        f"Its state is homeport's own, which `homeport provider serve {name}` serves to a plain Terraform.\n"
        "To keep it elsewhere, say so in backend_override.tf there: terraform { backend … }"
    )
