"""The drivers of one account and region."""

from dataclasses import dataclass
from functools import cached_property

from homeport.aws.base import CloudBase, require
from homeport.aws.bucket import Bucket
from homeport.aws.images import Images
from homeport.aws.left_behind import LeftBehind
from homeport.aws.migration import Migrations
from homeport.aws.rds_roles import Roles
from homeport.aws.rollout import Rollouts
from homeport.aws.session import Session
from homeport.aws.site_files import SiteFiles
from homeport.aws.sql_files import SqlFiles
from homeport.aws.tasks import Tasks
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
    def base(self) -> CloudBase:
        """The base as it stands; raises NotSetUp before the first `setup`."""
        return require(Bucket(self.session))

    @cached_property
    def images(self) -> Images:
        return Images(self.session, self.source)

    @cached_property
    def left_behind(self) -> LeftBehind:
        return LeftBehind(self.session)

    @cached_property
    def site_files(self) -> SiteFiles:
        return SiteFiles(self.session, self.images)

    @cached_property
    def tasks(self) -> Tasks:
        return Tasks(self.session)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self.session, self.tasks)

    @cached_property
    def migrations(self) -> Migrations:
        return Migrations(self.tasks, SqlFiles(self.images).of)

    @cached_property
    def rollouts(self) -> Rollouts:
        return Rollouts(self.session)
