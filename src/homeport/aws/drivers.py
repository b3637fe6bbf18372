"""The drivers of one account and region."""

from dataclasses import dataclass
from functools import cached_property

from homeport.aws.images import Images
from homeport.aws.rollout import Rollouts
from homeport.aws.session import Session
from homeport.aws.site_files import SiteFiles
from homeport.oci import Registry


@dataclass(frozen=True)
class AwsDrivers:
    """What the provider's resources and the verbs do on AWS. `holder` names this process.

    `source` is the registry that images are copied from, where there is one.
    """

    session: Session
    holder: str
    source: Registry | None = None

    @cached_property
    def images(self) -> Images:
        return Images(self.session, self.source)

    @cached_property
    def site_files(self) -> SiteFiles:
        return SiteFiles(self.session, self.images)

    @cached_property
    def rollouts(self) -> Rollouts:
        return Rollouts(self.session)
