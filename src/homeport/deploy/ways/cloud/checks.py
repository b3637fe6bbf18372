"""What AWS refuses before anything is changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from homeport.aws import Session
from homeport.aws.base import CloudBase
from homeport.aws.images import Wanted
from homeport.deploy.application import MANIFEST, Application
from homeport.deploy.checks import of_each
from homeport.errors import ManifestInvalid, Refused
from homeport.manifest import AwsTarget, DockerTarget, parity
from homeport.manifest.rds import allowed
from homeport.oci import Reference
from homeport.targets import CloudTarget

WITHOUT_HOSTS = "Or leave out `hosts` in homeport.yaml: the application answers on a name that AWS gives it."


def check_manifest(application: Application) -> None:
    """Raises ManifestInvalid with every line of the manifest that AWS would refuse, Refused for a Postgres that RDS
    does not have."""
    refused = parity(application.folder / MANIFEST, application.target_name, application.target).refused
    if refused:
        raise ManifestInvalid(refused)
    majors = sorted(allowed().extensions)
    if application.postgres not in (None, *majors):
        raise Refused(
            f"{application.name} asks for Postgres {application.postgres}, which RDS does not offer.",
            next_step=f"Set database.postgres in homeport.yaml to one that it does: {', '.join(map(str, majors))}",
        )


def check_postgres(application: Application, standing: int | None) -> None:
    """Raises Refused when the application's instance on RDS, if there is one, is of another major: it is not upgraded
    by a release, as a server's cluster is not."""
    if standing is not None and application.postgres not in (None, standing):
        raise Refused(
            f"{application.name} asks for Postgres {application.postgres}; its RDS instance on "
            f"{application.target_name} is Postgres {standing}, and no release upgrades it.",
            next_step=f"Set database.postgres: {standing} in homeport.yaml.",
        )


def check_domain(domain: str, session: Session, hosts: Collection[str]) -> None:
    """Raises Refused for a host name that the certificate of a base with that domain is not for: it is for the domain,
    and one label below it."""
    foreign = sorted(host for host in hosts if not is_certified(host, domain))
    if foreign:
        has = f"is for {domain} and the names right below it" if domain else "has no domain"
        raise Refused(
            f"The base of {session.called} {has}, and not for {', '.join(foreign)}.",
            next_step="Name the domain in homeport.base.yaml (aws.domain) and run: "
            f"{session.command('setup')}\n{WITHOUT_HOSTS}",
        )


def check_hosts(base: CloudBase, session: Session, hosts: Collection[str]) -> None:
    """Raises Refused as `check_domain`, and while AWS has not issued that certificate yet."""
    check_domain(base.domain, session, hosts)
    if hosts and not (base.outputs.get("listener_https") and base.outputs.get("certificate_cloudfront")):
        raise Refused(
            f"The certificate of {base.domain} is pending: AWS waits for a record in the DNS of the domain.",
            next_step=f"See which, and go on once it is there, by: {session.command('setup')}\n{WITHOUT_HOSTS}",
        )


def check_gives(application: Application, origin: str) -> None:
    """Raises Refused for a promotion out of AWS: it gives what was sent ahead for the very target that asks, and
    nothing else, because each target has repositories of its own there."""
    if not isinstance(application.manifest.target(origin), AwsTarget):
        return
    place, home = application.target_name, home_of(application)
    raise Refused(
        f"{origin} is on AWS: images go there, and are not taken from there.",
        next_step=f"Promote from where they were built: homeport promote {home} {place}"
        if home
        else f"Build them where they are to run: homeport up {place}",
    )


def home_of(application: Application) -> str:
    """A target that images can be promoted from, by name; empty where there is none."""
    targets = application.manifest.targets.items()
    homes = (name for name, target in targets if isinstance(target, DockerTarget))
    return next((name for name in homes if name != application.target_name), "")


def check_images(target: CloudTarget, place: str, images: Mapping[str, str], named: str, commit: str) -> None:
    """Raises Refused with every image of a release of the target named `place` that ECR has no more."""
    references = [Reference.parse(image) for image in images.values()]
    found = of_each(references, lambda one: target.drivers.images.look(wanted(one, place)))
    missing = sorted(str(one) for one, is_there in found.items() if not is_there)
    if missing:
        raise Refused(
            "\n  ".join((f"ECR of {target.called} has no more, of {named}:", *missing)),
            next_step=f"Check out {commit.removesuffix('+') or 'its commit'}, release it at home, and promote that.",
        )


def wanted(reference: Reference, place: str, platform: str = "") -> Wanted:
    """An image of a release as the module of the target named `place` has it in ECR."""
    return Wanted(f"{reference.repository}/{place}", reference.repository, reference.digest, platform)


def is_certified(host: str, domain: str) -> bool:
    """Whether the certificates of a base with that domain are for a host name."""
    return domain != "" and domain in (host, host.partition(".")[2])
