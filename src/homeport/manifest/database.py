"""The application's database."""

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from homeport.manifest.build import RelativePath
from homeport.manifest.environment import Value
from homeport.manifest.problems import rule, shown
from homeport.manifest.record import Record
from homeport.manifest.values import PostgresMajor, matching, once

EXTENSION = rule("extension", "A Postgres extension is named with lower case letters, digits, _ and -.")
PLACEHOLDER = rule(
    "placeholder",
    "A Flyway placeholder is named with letters, digits, _, . and -, first a letter; names that start with "
    "`flyway` or `homeport` are reserved.",
)

_PLACEHOLDER = "[A-Za-z][A-Za-z0-9_.-]*"


def _not_reserved(text: str) -> str:
    for owner in ("flyway", "homeport"):
        if text.lower().startswith(owner):
            raise PLACEHOLDER.broken(f"{shown(text)} is reserved: names that start with {owner} are {owner}'s own")
    return text


Extension = Annotated[
    str,
    matching(EXTENSION, "[a-z_][a-z0-9_-]{0,62}", "the name of a Postgres extension such as pg_trgm"),
    WithJsonSchema({"type": "string", "pattern": "^[a-z_][a-z0-9_-]*$"}),
]
PlaceholderName = Annotated[
    str,
    AfterValidator(_not_reserved),
    matching(PLACEHOLDER, _PLACEHOLDER, "a name of letters, digits, _, . and -, first a letter"),
    WithJsonSchema({"type": "string", "pattern": f"^{_PLACEHOLDER}$"}),
]


class Database(Record):
    """A Postgres database of its own. It reaches each service as `DATABASE_URL`, `PGHOST` and the rest."""

    postgres: PostgresMajor = 17
    """The Postgres major that the application is written for; the target must have the same."""
    migrations: RelativePath | None = Field(default=None, examples=["db/migrations"])
    """The folder of Flyway's migrations (`V1__notes.sql`, `R__views.sql`)."""
    extensions: Annotated[tuple[Extension, ...], once] = ()
    """Extensions that are there before the first migration."""
    placeholders: dict[PlaceholderName, Value] = Field(default_factory=dict)
    """Flyway's placeholders: `${name}` in a migration becomes the value."""
