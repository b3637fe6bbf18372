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


def not_running(application: Application, what: str, running: Iterable[str]) -> Refused:
    """What to say of a service of which there is no running container."""
    others = ", ".join(dict.fromkeys(running))
    return Refused(
        f"{application.name} has no running {what} on {application.target_name}.",
        next_step=f"Running are: {others}." if others else f"Run: homeport up {application.target_name}",
    )
