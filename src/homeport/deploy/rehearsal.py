"""What a rehearsal is of: the application, the base below it, the values that stand for its secrets. Pure but for the
manifest that it reads."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from pathlib import Path

from homeport.aws.emulator.settings import ACCOUNT, REGION
from homeport.deploy.application import MANIFEST, Application, at_target
from homeport.deploy.ways.cloud.checks import is_certified
from homeport.errors import (
    CandidateFailed,
    CloudFailed,
    DatabaseFailed,
    HomeportError,
    MigrationFailed,
    Refused,
    TerraformFailed,
)
from homeport.manifest import AwsBase, AwsTarget, Manifest, load
from homeport.secret import Secret

ASSUMED = AwsTarget(account=ACCOUNT, region=REGION)
USUAL_NAME = "production"
IN_THE_ACCOUNT = (CandidateFailed, CloudFailed, DatabaseFailed, MigrationFailed, TerraformFailed)


def application_of(folder: Path, name: str | None) -> tuple[Application, AwsTarget]:
    """The application in a folder, and the target to rehearse; without a name, the only one on AWS that it has.

    Where it has none on AWS yet, one is assumed, under one name only: a rehearsal needs no account. Raises
    ManifestInvalid; Refused for a target that is a server or is not there, or where several could be meant.
    """
    manifest = load(folder / MANIFEST)
    on_aws = _on_aws(manifest)
    if not on_aws and name in (None, _assumed_name(manifest)):
        return Application(manifest, _assumed_name(manifest), ASSUMED, folder), ASSUMED
    try:
        found = at_target(manifest, name or _only(manifest, on_aws), folder)
    except Refused as error:
        error.next_step = error.next_step if on_aws else _as_if(manifest)
        raise
    if not isinstance(found.target, AwsTarget):
        raise Refused(
            f"{found.target_name} is a server; what is rehearsed is a deploy to AWS.",
            next_step=f"Name a target of kind aws: homeport rehearse {on_aws[0]}" if on_aws else _as_if(manifest),
        )
    return found, found.target


def is_assumed(target: AwsTarget) -> bool:
    """Whether it is in no manifest: account and region are the emulator's own."""
    return target is ASSUMED


def base_of(wanted: AwsBase | None, hosts: Collection[str]) -> AwsBase:
    """The owner's base, but for what only an account has: the hosted zone of its domain. Where it names no domain,
    the one that the application's host names are of."""
    base = (wanted or AwsBase()).model_copy(update={"zone": None})
    return base if base.domain else base.model_copy(update={"domain": domain_of(hosts)})


def domain_of(hosts: Collection[str]) -> str | None:
    """A domain whose certificates are for all of these names; None where there is none."""
    candidates = (*hosts, *(host.partition(".")[2] for host in hosts))
    return next((one for one in candidates if one and all(is_certified(host, one) for host in hosts)), None)


def stand_ins(application: Application) -> dict[str, Secret]:
    """A random value for each secret that the application or one of its builds asks for: no real one is used."""
    return {name: Secret(secrets.token_urlsafe(24)) for name in sorted(_secrets(application))}


def can_be_looked_at(error: HomeportError) -> bool:
    """Whether what failed is in the account: a refusal, or an image that could not be built, left nothing there."""
    return isinstance(error, IN_THE_ACCOUNT)


def _secrets(application: Application) -> Iterator[str]:
    yield from application.secrets
    for image in application.manifest.images():
        yield from image.build.secrets


def _assumed_name(manifest: Manifest) -> str:
    """The usual one, where no server has it."""
    return f"{USUAL_NAME}-on-aws" if USUAL_NAME in manifest.targets else USUAL_NAME


def _as_if(manifest: Manifest) -> str:
    assumed = _assumed_name(manifest)
    return f"{manifest.name} has no target on AWS. To rehearse it as if it had one: homeport rehearse {assumed}"


def _on_aws(manifest: Manifest) -> list[str]:
    return [name for name, target in manifest.targets.items() if isinstance(target, AwsTarget)]


def _only(manifest: Manifest, on_aws: list[str]) -> str:
    return on_aws[0] if len(on_aws) == 1 else manifest.only_target()
