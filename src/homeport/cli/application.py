"""The typer application: every verb, in the order in which a person meets them."""

import typer

from homeport import __version__
from homeport.cli import (
    apps,
    check,
    demo,
    dev,
    doctor,
    down,
    logs,
    plan,
    promote,
    provider,
    psql,
    registry,
    rehearse,
    releases,
    render,
    restart,
    rollback,
    run,
    secret,
    setup,
    status,
    terraform,
    trust,
    up,
    why,
)
from homeport.cli import exec as execute
from homeport.cli import open as visit
from homeport.cli.words import AfterDashes, OptionsAfterDashes

app = typer.Typer(
    name="homeport",
    help="One manifest, two targets: a full-stack application on your home server and on AWS, by Terraform, "
    "from the same image digests.",
    epilog="Exit codes: 0 done, or nothing to do; 1 failed or refused; 2 a bad command line, "
    "and changes for plan --detailed-exitcode; 130 stopped by Ctrl-C.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"homeport {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    """What stands before a verb."""


app.command("demo")(demo.demo)
app.command("check")(check.check)
app.command("setup")(setup.setup)
app.command("trust")(trust.trust)
app.command("dev")(dev.dev)
app.command("plan")(plan.plan)
app.command("up")(up.up)
app.command("promote")(promote.promote)
app.command("rehearse")(rehearse.rehearse)
app.command("rollback")(rollback.rollback)
app.command("status")(status.status)
app.command("apps")(apps.apps)
app.command("releases")(releases.releases)
app.command("logs")(logs.logs)
app.command("doctor")(doctor.doctor)
app.command("why")(why.why)
app.command("open")(visit.visit)
app.command("restart")(restart.restart)
app.command("run", cls=AfterDashes)(run.run)
app.command("exec", cls=AfterDashes)(execute.execute)
app.command("psql", cls=OptionsAfterDashes)(psql.psql)
app.add_typer(secret.app, name="secret")
app.add_typer(registry.app, name="registry")
app.command("down")(down.down)
app.command("terraform", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(
    terraform.terraform
)
app.add_typer(provider.app, name="provider")
app.command("render")(render.render)
