"""What is kept of a release, whether it succeeded or not."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from homeport.errors import HomeportError
from homeport.releases.migrations import Migration

Result = Literal["succeeded", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, how long it took in seconds, and whether the release ended in it."""

    name: str
    seconds: float
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The error that a release ended with: `kind` is its class (MigrationFailed), `detail` ends with log lines."""

    kind: str
    message: str
    detail: str = ""
    next_step: str = ""

    @classmethod
    def of(cls, error: HomeportError) -> Self:
        return cls(type(error).__name__, error.message, error.detail, error.next_step)


@dataclass(frozen=True, slots=True)
class Release:
    """One release of an application on a target.

    `images` maps a service's name to its reference by digest; `configuration` holds the inputs of the application
    module (secrets as versions); `schema` is the schema version; times are UTC in ISO 8601. `of` is the release that
    a rollback repeats, `origin` the one that was promoted (`dev 7`); `postgres` is the major that was asked for.
    """

    number: int
    result: Result
    started: str
    seconds: float
    by: str
    commit: str
    manifest: str
    images: Mapping[str, str]
    configuration: Mapping[str, Any]
    migrations: tuple[Migration, ...]
    schema: str
    steps: tuple[Step, ...] = ()
    error: str = ""
    failure: Failure | None = None
    homeport: str = field(default="")
    of: int | None = None
    origin: str = ""
    postgres: int | None = None

    @property
    def original(self) -> int:
        """The number of the release whose images and configuration these are."""
        return self.of or self.number

    @property
    def source(self) -> str:
        """Which release it repeats (`release 3`) or was promoted from (`dev 7`); empty for one of the sources."""
        return f"release {self.of}" if self.of else self.origin

    @property
    def ended(self) -> str:
        """Its result as a sentence has it."""
        return "was interrupted" if self.result == "interrupted" else self.result

    def is_of(self, configuration: Mapping[str, Any]) -> bool:
        """Whether the release made these inputs of the application module."""
        return _canonical(self.configuration) == _canonical(configuration)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)


def whole(data: bytes) -> Release | None:
    """The release that `to_json` wrote; None where the record is damaged: cut short by a power cut, for example."""
    try:
        return from_json(data)
    except (ValueError, TypeError, AttributeError, KeyError):
        return None


def from_json(data: bytes) -> Release:
    """The release that `to_json` wrote; keys of a newer homeport are left out. Raises what a damaged one brings up."""
    stored = json.loads(data)
    known = {name: stored[name] for name in Release.__dataclass_fields__ if name in stored}
    steps = tuple(Step(**step) for step in known.get("steps", ()))
    migrations = tuple(Migration(**migration) for migration in known.get("migrations", ()))
    failure = Failure(**known["failure"]) if known.get("failure") else None
    return Release(**known | {"steps": steps, "migrations": migrations, "failure": failure})
