"""What a home server refuses before anything is built or changed."""

from collections.abc import Collection, Mapping

from homeport.deploy.application import Application
from homeport.deploy.checks import of_each
from homeport.errors import Refused
from homeport.oci import Reference
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


def check_images(target: HomeTarget, images: Mapping[str, str], named: str, commit: str) -> None:
    """Raises Refused with every image of a release that the target's registry has no more."""
    registry = target.registry()
    references = [Reference.parse(image) for image in images.values()]
    found = of_each(references, lambda one: registry.digest(one.repository, one.digest))
    missing = sorted(str(one) for one, digest in found.items() if digest is None)
    if missing:
        raise Refused(
            "\n  ".join((f"The registry of {target.home.called} has no more, of {named}:", *missing)),
            next_step=f"Check out {commit.removesuffix('+') or 'its commit'} and run: homeport up",
        )
