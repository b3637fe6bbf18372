"""The extensions that RDS allows for each Postgres major, by a dated list in the package.

Source: Amazon RDS for PostgreSQL Release Notes, "Extension versions for Amazon RDS for PostgreSQL"; under the names
that CREATE EXTENSION takes (`vector`, not pgvector), each with the newest release of its major.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("rds_extensions.json")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What RDS allows, by major; `as_of` is the month of the list."""

    as_of: str
    extensions: Mapping[int, frozenset[str]]


@cache
def allowed() -> Allowed:
    """The list of this version of homeport."""
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    some = listed["some_majors"].items()
    return Allowed(
        listed["as_of"],
        {
            int(major): frozenset([*listed["every_major"], *(name for name, majors in some if int(major) in majors)])
            for major in listed["releases"]
        },
    )
