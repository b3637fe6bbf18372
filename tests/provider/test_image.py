"""What a plan says of an image."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from tf.types import Unknown

from homeport.aws.images import Images
from homeport.provider.image import ImageResource

SESSION = cast(Any, SimpleNamespace(registry_host="123456789012.dkr.ecr.eu-west-1.amazonaws.com"))
IMAGE = ImageResource(cast(Any, SimpleNamespace(cloud=SimpleNamespace(images=Images(SESSION)))))
STATE: dict[str, Any] = {
    "repository": "api/notes-api/production",
    "source": "api/notes-api",
    "digest": f"sha256:{'a' * 64}",
    "platform": "linux/amd64",
    "reference": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/api/notes-api/production@sha256:{'a' * 64}",
}


def planned(**changed: object) -> Any:
    context = cast(Any, SimpleNamespace(changed_fields=set(changed)))
    return IMAGE.plan(context, STATE, STATE | changed)["reference"]


def test_another_image_has_its_name_in_the_plan() -> None:
    """What runs it is then known in the plan, too: a variable that changes beside the image is not hidden."""
    assert STATE["reference"].replace("a" * 64, "b" * 64) == planned(digest=f"sha256:{'b' * 64}")


@pytest.mark.parametrize("name", ["repository", "digest"])
def test_what_its_name_is_made_of_is_not_known_yet(name: str) -> None:
    """A name of what is not known would be a wrong one."""
    assert planned(**{name: Unknown}) is Unknown
