"""`homeport_site_files`: the files of a site in its bucket, taken out of its image."""

from typing import TYPE_CHECKING, ClassVar

from tf.iface import PlanContext
from tf.schema import Attribute
from tf.types import Map, Number, String, Unknown

from homeport.provider.aws_resource import AwsResource
from homeport.provider.resource import State

if TYPE_CHECKING:
    from homeport.aws.site_files import Site

PLATFORM = "linux/amd64"


class SiteFilesResource(AwsResource):
    noun = "site_files"
    attributes: ClassVar[list[Attribute]] = [
        Attribute(
            "bucket",
            String(),
            required=True,
            requires_replace=True,
            description="Its bucket, which holds nothing else.",
        ),
        Attribute("repository", String(), required=True, description="The image's repository in ECR."),
        Attribute("digest", String(), required=True, description="The image's digest."),
        Attribute("platform", String(), optional=True, description="Which image of an index; linux/amd64."),
        Attribute("files", String(), required=True, description="The folder of the image that holds the built files."),
        Attribute("environment", Map(String()), optional=True, description="Served as /config.json; no secrets."),
        Attribute("distribution", String(), required=True, description="The id of the distribution that serves it."),
        Attribute("keys", Number(), computed=True, description="How many objects the release has."),
        Attribute("changed", Number(), computed=True, description="How many of them are not as they were put."),
    ]

    def plan(self, ctx: PlanContext, current: State | None, planned: State) -> State:
        """What differs in the bucket is put right in place."""
        if current is not None and (ctx.changed_fields or current["changed"]):
            return planned | {"keys": Unknown, "changed": Unknown}
        return planned

    def make(self, planned: State) -> State:
        keys = self.drivers.site_files.publish(_site(planned), stopped=self.stopped, emit=self.provider.emit)
        return planned | {"keys": keys, "changed": 0}

    def change(self, current: State, planned: State) -> State:
        return self.make(planned)

    def look(self, current: State) -> State | None:
        found = self.drivers.site_files.look(current["bucket"])
        return current | {"keys": found.keys, "changed": found.changed} if found else None

    def remove(self, current: State) -> None:
        self.drivers.site_files.remove(current["bucket"])

    def subject(self, state: State) -> str:
        return str(state["bucket"])


def _site(state: State) -> "Site":
    from homeport.aws.site_files import Site

    return Site(
        bucket=state["bucket"],
        repository=state["repository"],
        digest=state["digest"],
        platform=state["platform"] or PLATFORM,
        files=state["files"],
        environment=state["environment"] or {},
        distribution=state["distribution"],
    )
