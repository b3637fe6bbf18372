"""How an image is built: a folder with a Dockerfile."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from homeport.manifest.environment import Environment, Secrets
from homeport.manifest.problems import rule, shown
from homeport.manifest.record import Record
from homeport.manifest.values import matching, short_form

PATH_RELATIVE = rule("path-relative", "A path is relative to the folder that holds the file.")
STAGE = rule("stage", "`target` is the name of a stage of the Dockerfile.")


def _relative(text: str) -> str:
    if text.startswith(("/", "~")) or "\\" in text or not text.strip() or re.match(r"\w+:", text):
        raise PATH_RELATIVE.broken(f"should be a path relative to the file, with /, not {shown(text)}")
    return text


RelativePath = Annotated[str, AfterValidator(_relative), WithJsonSchema({"type": "string", "minLength": 1})]
Stage = Annotated[
    str,
    matching(STAGE, "[A-Za-z][A-Za-z0-9_.-]*", "the name of a stage of the Dockerfile"),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]*$"}),
]


class Build(Record):
    """How an image is built. A text alone is the `context`."""

    context: RelativePath = Field(examples=["api"])
    """The folder that is built, inside the repository."""
    dockerfile: RelativePath = "Dockerfile"
    """The Dockerfile, relative to `context`."""
    target: Stage | None = None
    """The stage to build; the last one unless said."""
    args: Environment = Field(default_factory=dict)
    """Build arguments. They stay readable in the image: no place for secrets."""
    secrets: Secrets = ()
    """Names of secrets that the build may mount (`RUN --mount=type=secret,id=NAME`)."""


BuildOrContext = Annotated[Build, BeforeValidator(short_form("context"), json_schema_input_type=RelativePath | Build)]
