"""`homeport_image`: an image in ECR, copied by digest from the registry of the target that it was released on."""

from typing import TYPE_CHECKING, ClassVar

from tf.iface import PlanContext
from tf.schema import Attribute
from tf.types import String, Unknown

from homeport.provider.aws_resource import AwsResource
from homeport.provider.resource import State

if TYPE_CHECKING:
    from homeport.aws.images import Wanted


class ImageResource(AwsResource):
    noun = "image"
    attributes: ClassVar[list[Attribute]] = [
        Attribute(
            "repository", String(), required=True, requires_replace=True, description="Its repository in ECR, which is."
        ),
        Attribute(
            "source",
            String(),
            optional=True,
            description="Its repository where it is copied from; of the same name without it.",
        ),
        Attribute("digest", String(), required=True, description="`sha256:…`, of an image or of an index."),
        Attribute("platform", String(), required=True, description="What it must run on: `linux/amd64`."),
        Attribute("reference", String(), computed=True, description="The name by which it is pulled."),
    ]

    def plan(self, ctx: PlanContext, current: State | None, planned: State) -> State:
        """Its name is known before it is there, so that a plan shows all else that changes in what runs it."""
        if Unknown in (planned["repository"], planned["digest"]):
            return planned | {"reference": Unknown}
        return planned | {"reference": self.drivers.images.reference(_wanted(planned))}

    def make(self, planned: State) -> State:
        images = self.drivers.images
        reference = images.ensure(_wanted(planned), stopped=self.stopped, emit=self.provider.emit)
        return planned | {"reference": reference}

    def change(self, current: State, planned: State) -> State:
        return self.make(planned)

    def look(self, current: State) -> State | None:
        wanted = _wanted(current)
        return (
            current | {"reference": self.drivers.images.reference(wanted)} if self.drivers.images.look(wanted) else None
        )

    def remove(self, current: State) -> None:
        """Forgets it. It goes with its repository, and until then a rollback needs it."""

    def subject(self, state: State) -> str:
        return str(state["source"] or state["repository"])


def _wanted(state: State) -> "Wanted":
    from homeport.aws.images import Wanted

    return Wanted(state["repository"], state["source"] or state["repository"], state["digest"], state["platform"])
