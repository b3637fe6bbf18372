"""The drivers of one account and region."""

from dataclasses import dataclass

from homeport.aws.session import Session


@dataclass(frozen=True)
class AwsDrivers:
    """What the provider's resources and the verbs do on AWS. `holder` names this process."""

    session: Session
    holder: str
