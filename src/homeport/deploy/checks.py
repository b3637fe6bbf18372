"""What is refused before anything is built or changed."""

from homeport.deploy.application import Application
from homeport.deploy.migrations import Examined, examine
from homeport.errors import Refused
from homeport.events import Emit
from homeport.releases.migrations import Migration
from homeport.targets import HomeTarget


def check_against_base(application: Application, target: HomeTarget) -> None:
    """Raises Refused for what an application asks for and its base does not give; NotSetUp without a base."""
    database, base = application.manifest.database, target.base
    if database is not None and database.postgres != base.postgres:
        raise Refused(
            f"{application.name} asks for Postgres {database.postgres}; "
            f"the base of {target.home.called} has {base.postgres}.",
            next_step=f"Set database.postgres: {base.postgres} in homeport.yaml.",
        )
    _check_hosts(application, target)
    _check_certificate(application, target)


def _check_certificate(application: Application, target: HomeTarget) -> None:
    """Raises Refused for an application that browsers would refuse, by the certificate that was given to the base."""
    certificates = target.drivers.certificates
    fault = certificates.fault(application.hosts(target)) if certificates else ""
    if fault:
        raise Refused(
            f"The certificate of {target.home.called} {fault}: browsers would refuse {application.name}.",
            next_step=f"Renew {target.base.certificate} on the server, and run: homeport setup\n"
            f"Or name hosts that it is valid for in homeport.yaml: targets.{application.target_name}.hosts",
        )


def _check_hosts(application: Application, target: HomeTarget) -> None:
    """Raises Refused for a host name on which another application of the server answers."""
    hosts = application.hosts(target)
    for key, owner in target.drivers.route_owners().items():
        if key.host in hosts and owner != application.root:
            raise Refused(
                f"{key.host} is the host name of {owner} on {target.home.called} already.",
                next_step=f"Give {application.root} another in homeport.yaml: targets.{application.target_name}.hosts",
            )


def check_migrations(application: Application, target: HomeTarget, emit: Emit) -> tuple[Migration, ...]:
    """The application's migrations, each with why it is breaking; what squawk finds in new ones is told.

    Raises Refused when one was edited after it was released, or a new one would keep others from a table for long.
    """
    examined = examine_for(application, target)
    examined.refuse()
    examined.tell(emit)
    return examined.migrations


def examine_for(application: Application, target: HomeTarget) -> Examined:
    """The application's migrations against its last release on the target."""
    last = target.last_release(application.name, application.target_name)
    return examine(application.folder, application.manifest.database, last.migrations if last else ())


def secret_versions(application: Application, target: HomeTarget) -> dict[str, str]:
    """The version of every secret that the application names. Raises Refused when one is not set."""
    manifest = application.manifest
    services = (*manifest.services.values(), *manifest.models.values())
    wanted = {name for service in services for name in service.secrets}
    present = target.drivers.secrets.list(application.root)
    missing = sorted(wanted - present.keys())
    if missing:
        raise Refused(
            f"{application.name} needs secrets that are not set on {application.target_name}: {', '.join(missing)}.",
            next_step=f"Set each by: homeport secret set {missing[0]} {application.target_name}",
        )
    return {name: str(present[name]) for name in wanted}
