"""What is refused before anything is built or changed."""

from homeport.deploy.application import Application
from homeport.errors import Refused
from homeport.releases.migrations import Migration, compare, read_folder
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


def _check_hosts(application: Application, target: HomeTarget) -> None:
    """Raises Refused for a host name on which another application of the server answers."""
    hosts = application.hosts(target)
    for key, owner in target.drivers.route_owners().items():
        if key.host in hosts and owner != application.root:
            raise Refused(
                f"{key.host} is the host name of {owner} on {target.home.called} already.",
                next_step=f"Give {application.root} another in homeport.yaml: targets.{application.target_name}.hosts",
            )


def check_migrations(application: Application, target: HomeTarget) -> tuple[Migration, ...]:
    """The application's migrations. Raises Refused when one was edited after it was released."""
    database = application.manifest.database
    if database is None or database.migrations is None:
        return ()
    migrations = read_folder(application.folder / database.migrations, named=database.migrations)
    last = target.last_release(application.name, application.target_name)
    problems = compare(last.migrations, migrations).problems if last else ()
    if problems:
        raise Refused("\n".join(f"{database.migrations}/{problem}" for problem in problems))
    return migrations


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
