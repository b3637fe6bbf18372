"""What AWS refuses before anything is changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from homeport.aws.base import CloudBase
from homeport.aws.images import Wanted
from homeport.deploy.application import MANIFEST, Application
from homeport.errors import ManifestInvalid, Refused
from homeport.manifest import parity
from homeport.manifest.rds import allowed
from homeport.oci import Reference
from homeport.targets import CloudTarget


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


def check_hosts(base: CloudBase, called: str, hosts: Collection[str]) -> None:
    """Raises Refused for a host name that the base's certificate is not for: its domain, and one label below it."""
    foreign = sorted(host for host in hosts if not is_certified(host, base.domain))
    if foreign:
        has = f"is for {base.domain} and the names right below it" if base.domain else "has no domain"
        raise Refused(
            f"The base of {called} {has}, and not for {', '.join(foreign)}.",
            next_step="Name the domain in homeport.base.yaml (aws.domain) and run: homeport setup\n"
            "Or leave out `hosts` in homeport.yaml: the application answers on a name that AWS gives it.",
        )


def check_images(target: CloudTarget, place: str, images: Mapping[str, str], named: str, commit: str) -> None:
    """Raises Refused with every image of a release of the target named `place` that ECR has no more."""
    references = {Reference.parse(image) for image in images.values()}
    missing = sorted(str(one) for one in references if not target.drivers.images.look(wanted(one, place)))
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
