"""Whose credentials these are, and whether they are the ones that a target asks for: before anything else is asked."""

from __future__ import annotations

from dataclasses import dataclass

from homeport.aws.session import EXPIRED, LOGIN, Session, told
from homeport.errors import CloudFailed, Refused

HOME_REGION = "us-east-1"  # it is enabled in every account
UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException"}
NOT_SIGNED = {"SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException"}
CHOOSE = (
    "Log in, for example by: aws sso login --profile NAME\n"
    "Then run the same command with AWS_PROFILE=NAME in the environment."
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS takes this process for. `arn` ends in a user's or a role's name."""

    account: str
    arn: str

    @property
    def called(self) -> str:
        """`user/ana`, `assumed-role/homeport-deploy/ana`."""
        return self.arn.rpartition(":")[2]

    @property
    def is_root(self) -> bool:
        return self.called == "root"


def identify(session: Session) -> Identity:
    """Who this process is for AWS. Raises Refused where it is nobody, or the region is not enabled in the account."""
    try:
        return _ask(session, session.region)
    except CloudFailed as error:
        refused = explained(error.code, error.detail, session)
        if refused is None:
            raise
        if error.code in UNKNOWN and _is_known_elsewhere(session):
            raise _not_enabled(session) from error
        raise refused from error


def admit(identity: Identity, session: Session) -> None:
    """Raises Refused for the account's root user, and for credentials of another account than the target's. Pure."""
    if identity.account != session.account:
        raise Refused(
            f"These credentials are of the AWS account {identity.account} ({identity.called}); the target is in "
            f"{session.account}.",
            next_step=f"{CHOOSE}\nOr correct the target's account in homeport.yaml.",
        )
    if identity.is_root and not session.endpoints.has_only_root:
        raise Refused(
            f"These credentials are of the root user of the AWS account {session.account}: nothing can bound what is "
            "done with them.",
            next_step="Make a user in IAM Identity Center, or a role, and use that; then remove root's access keys.",
        )


def explained(code: str, words: str, session: Session) -> Refused | None:
    """What AWS's refusal of the credentials means to a person; None for what is no refusal of them. Pure."""
    account = f"the AWS account {session.account}"
    if code in EXPIRED:
        return Refused(f"The credentials for {account} have expired.", next_step=LOGIN)
    if code in UNKNOWN:
        return Refused(
            f"AWS does not know the access key that this machine has for {account}.",
            detail=words,
            next_step=f"It may have been deleted or deactivated. {CHOOSE}",
        )
    if code in NOT_SIGNED:
        return Refused(
            f"AWS does not accept the signature of the credentials for {account}.",
            detail=words,
            next_step=f"See the secret access key, and this machine's clock. {CHOOSE}",
        )
    return None


def _ask(session: Session, region: str) -> Identity:
    from botocore.exceptions import BotoCoreError

    try:
        with told(f"Asking AWS in {region} who this is"):
            said = session.client("sts", region).get_caller_identity()
    except CloudFailed as error:
        if isinstance(error.__cause__, BotoCoreError):
            raise _without(error.__cause__, session, region) from error
        raise
    return Identity(said["Account"], said["Arn"])


def _without(error: Exception, session: Session, region: str) -> Refused | CloudFailed:
    """What this machine lacks, by what Amazon's SDK could not do before it asked, or while it did."""
    from botocore import exceptions as boto

    account = f"the AWS account {session.account}"
    if isinstance(error, boto.ProfileNotFound):
        return Refused(f"{error}.", next_step="Set AWS_PROFILE to one of: aws configure list-profiles")
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return Refused(f"This machine has no credentials for {account}.", detail=str(error), next_step=CHOOSE)
    if isinstance(error, boto.SSOError | boto.TokenRetrievalError | boto.CredentialRetrievalError):
        return Refused(
            f"The credentials for {account} have expired or cannot be had.", detail=str(error), next_step=LOGIN
        )
    return CloudFailed(
        f"AWS does not answer in {region}.",
        detail=str(error),
        next_step="See that this machine reaches the internet, and that the region's name is right.",
    )


def _is_known_elsewhere(session: Session) -> bool:
    """A region that is not enabled takes the credentials for unknown; one that always is does not.

    Source: IAM, "Managing AWS STS in an AWS Region".
    """
    if session.region == HOME_REGION:
        return False
    try:
        _ask(session, HOME_REGION)
    except (CloudFailed, Refused):
        return False
    return True


def _not_enabled(session: Session) -> Refused:
    return Refused(
        f"The region {session.region} is not enabled in the AWS account {session.account}.",
        next_step=f"Enable it: aws account enable-region --region-name {session.region}\n"
        "That takes some minutes. Or choose another region for the target in homeport.yaml.",
    )
