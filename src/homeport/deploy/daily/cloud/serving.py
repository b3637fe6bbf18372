"""What serves of an application on AWS, by the names that a person gives."""

from __future__ import annotations

from dataclasses import dataclass

from homeport.aws.base import CloudBase
from homeport.aws.services import RunningService, services
from homeport.deploy.application import Application
from homeport.deploy.services import check_service, never_released, not_released
from homeport.deploy.ways.cloud.bringing import promotion
from homeport.deploy.ways.cloud.standing import Standing, standing
from homeport.errors import Refused
from homeport.targets import CloudTarget


@dataclass(frozen=True, slots=True)
class Serving:
    """Looks at what ECS runs, not at what was released last: where a deployment failed, that is another."""

    application: Application
    target: CloudTarget
    base: CloudBase

    @classmethod
    def of(cls, application: Application, target: CloudTarget) -> Serving:
        """Raises NotSetUp without a base."""
        return cls(application, target, target.base)

    def state(self) -> bytes:
        """Terraform's. Raises Refused where nothing was released."""
        state = self.target.states(self.application.root).read()
        if not state:
            raise never_released(self.application, promotion(self.application))
        return state

    def standing(self) -> Standing:
        """What it says. Raises Refused where nothing was released."""
        return standing(self.state())

    def all(self) -> dict[str, RunningService]:
        """The services and models by name, as ECS has them."""
        names = {ecs: name for name, ecs in self.standing().services.items()}
        found = services(self.target.session, self.cluster, tuple(names))
        return dict(sorted((names[one.name], one) for one in found))

    def one(self, name: str) -> RunningService:
        """Raises Refused for one that there is not, for a site, and for one that was not released."""
        found = self.all()
        self.check(name, found)
        return found[name]

    def check(self, name: str, found: dict[str, RunningService]) -> None:
        """The refusals of `one`."""
        check_service(self.application, name, found)
        if name not in found:
            raise not_there(self.application, name)

    @property
    def cluster(self) -> str:
        """The cluster's ARN."""
        return str(self.base.outputs["cluster"])


def not_there(application: Application, name: str) -> Refused:
    """What to say of a name of the manifest of which no service is on ECS."""
    if name not in application.manifest.sites:
        return not_released(application, name, promotion(application))
    return Refused(
        f"{name} of {application.name} is a site: on AWS it is files in S3, behind CloudFront, and nothing of it runs.",
        next_step=f"Look at it by: homeport open {application.target_name} {name}",
    )
