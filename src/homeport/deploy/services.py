"""The services, models and sites of an application by the names that a person gives."""

from collections.abc import Iterable

from homeport.deploy.application import Application
from homeport.errors import Refused
from homeport.manifest.problems import meant, shown


def names(application: Application) -> tuple[str, ...]:
    """Everything of the manifest that runs."""
    return tuple(name for _, name, _ in application.manifest.parts())


def check_service(application: Application, name: str, present: Iterable[str] = ()) -> None:
    """Raises Refused for a name that neither the manifest has, nor what is `present` on the server."""
    known = dict.fromkeys((*names(application), *present))
    if name not in known:
        raise Refused(
            f"{application.name} has no service {shown(name)}{meant(name, known)}.",
            next_step=f"There are: {', '.join(known)}." if known else "",
        )


def not_running(application: Application, what: str, running: Iterable[str], release: str) -> Refused:
    """What to say of a service of which nothing runs; `release` is the command that releases there."""
    others = ", ".join(dict.fromkeys(running))
    return Refused(
        f"{application.name} has no running {what} on {application.target_name}.",
        next_step=f"Running are: {others}." if others else f"Run: {release}",
    )


def not_released(application: Application, name: str, release: str) -> Refused:
    """The same of one of which nothing was released."""
    return Refused(
        f"{name} of {application.name} was not yet released on {application.target_name}.",
        next_step=f"Run: {release}",
    )


def never_released(application: Application, release: str) -> Refused:
    """The same of all of it."""
    return Refused(f"{application.name} was never released on {application.target_name}.", next_step=f"Run: {release}")


def no_database(application: Application, release: str) -> Refused:
    """What to say to whoever asks for the database of an application that has none."""
    return Refused(
        f"{application.name} has no database on {application.target_name}.",
        next_step=f"Add `database:` to homeport.yaml, then run: {release}",
    )
