"""Environment variables, and the names of secrets that become some."""

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from homeport.manifest.problems import rule, shown
from homeport.manifest.values import matching, once

ENVIRONMENT_NAME = rule(
    "environment-name",
    "An environment variable is named with letters, digits and underscores, first no digit.",
)
ENVIRONMENT_VALUE = rule("environment-value", "The value of a variable is text, a number, true or false.")
SECRET_NAME = rule("secret-name", "A secret is named as an environment variable in upper case, such as STRIPE_KEY.")

_ENVIRONMENT_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_SECRET_NAME = "[A-Z_][A-Z0-9_]*"


def as_text(value: object) -> str:
    """A scalar as Compose passes it on: `true` is "true", and a number is what was written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(getattr(value, "written", value))
    raise ENVIRONMENT_VALUE.broken(f"should be text, a number, true or false, not {shown(value)}")


Value = Annotated[str, BeforeValidator(as_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
EnvironmentName = Annotated[
    str,
    matching(ENVIRONMENT_NAME, _ENVIRONMENT_NAME, "letters, digits and underscores, first no digit"),
    WithJsonSchema({"type": "string", "pattern": f"^{_ENVIRONMENT_NAME}$"}),
]
SecretName = Annotated[
    str,
    matching(SECRET_NAME, _SECRET_NAME, "a name in upper case such as STRIPE_KEY"),
    WithJsonSchema({"type": "string", "pattern": f"^{_SECRET_NAME}$"}),
]
Environment = dict[EnvironmentName, Value]
Secrets = Annotated[tuple[SecretName, ...], once]
