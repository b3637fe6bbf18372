"""What is refused before anything is built or changed."""

from collections.abc import Collection, Mapping

from homeport.deploy.application import Application
from homeport.deploy.migrations import Examined, examine
from homeport.errors import Refused
from homeport.events import Emit
from homeport.oci import Reference
from homeport.releases.migrations import Migration, compare
from homeport.targets import HomeTarget


def check_against_base(application: Application, target: HomeTarget) -> None:
    """Raises Refused for what an application asks for and its base does not give; NotSetUp without a base."""
    check_postgres(application, target, application.postgres)
    check_hosts(application, target, application.hosts(target))


def check_postgres(application: Application, target: HomeTarget, major: int | None) -> None:
    """Raises Refused when the base's Postgres is another than the major that is asked for (None for no database)."""
    base = target.base
    if major not in (None, base.postgres):
        raise Refused(
            f"{application.name} asks for Postgres {major}; the base of {target.home.called} has {base.postgres}.",
            next_step=f"Set database.postgres: {base.postgres} in homeport.yaml.",
        )


def check_hosts(application: Application, target: HomeTarget, hosts: Collection[str]) -> None:
    """Raises Refused for a host name on which another application of the server answers, or browsers would not go."""
    for key, owner in target.drivers.route_owners().items():
        if key.host in hosts and owner != application.root:
            raise Refused(
                f"{key.host} is the host name of {owner} on {target.home.called} already.",
                next_step=f"Give {application.root} another in homeport.yaml: targets.{application.target_name}.hosts",
            )
    _check_certificate(application, target, hosts)


def _check_certificate(application: Application, target: HomeTarget, hosts: Collection[str]) -> None:
    """Raises Refused for an application that browsers would refuse, by the certificate that was given to the base."""
    certificates = target.drivers.certificates
    fault = certificates.fault(tuple(hosts)) if certificates else ""
    if fault:
        raise Refused(
            f"The certificate of {target.home.called} {fault}: browsers would refuse {application.name}.",
            next_step=f"Renew {target.base.certificate} on the server, and run: homeport setup\n"
            f"Or name hosts that it is valid for in homeport.yaml: targets.{application.target_name}.hosts",
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


def check_follow(
    application: Application, target: HomeTarget, migrations: tuple[Migration, ...], named: str = ""
) -> None:
    """Raises Refused when migrations do not follow those of the target's last release; `named` precedes each file."""
    last = target.last_release(application.name, application.target_name)
    problems = compare(last.migrations, migrations).problems if last else ()
    if problems:
        raise Refused("\n".join(f"{named}{problem}" for problem in problems))


def check_images(target: HomeTarget, images: Mapping[str, str], named: str, commit: str) -> None:
    """Raises Refused with every image of a release that the target's registry has no more."""
    registry = target.registry()
    references = {Reference.parse(image) for image in images.values()}
    missing = sorted(str(one) for one in references if registry.digest(one.repository, one.digest) is None)
    if missing:
        raise Refused(
            "\n  ".join((f"The registry of {target.home.called} has no more, of {named}:", *missing)),
            next_step=f"Check out {commit.removesuffix('+') or 'its commit'} and run: homeport up",
        )


def secret_versions(application: Application, target: HomeTarget, wanted: Collection[str]) -> dict[str, str]:
    """The present version of every secret that is wanted. Raises Refused when one is not set."""
    present = target.drivers.secrets.list(application.root) if wanted else {}
    missing = sorted(set(wanted) - present.keys())
    if missing:
        raise Refused(
            f"{application.name} needs secrets that are not set on {application.target_name}: {', '.join(missing)}.",
            next_step=f"Set each by: homeport secret set {missing[0]} {application.target_name}",
        )
    return {name: str(present[name]) for name in wanted}
