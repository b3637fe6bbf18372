"""A registry's refusal, in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import responses

from pydantic import BaseModel, ValidationError

from homeport.errors import RegistryFailed


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next: when the registry is `silent`, and for an HTTP status that it refuses with."""

    silent: str = ""
    refused: Mapping[int, str] = field(default_factory=dict)


AT_HOME = Advice(
    silent="See whether it runs, and put it right, by: homeport setup",
    refused={
        HTTPStatus.UNAUTHORIZED: "The password kept for it is not its own. Put it right by: homeport setup",
        HTTPStatus.FORBIDDEN: "Only repositories under api/, site/ and model/ are accepted.",
        HTTPStatus.SERVICE_UNAVAILABLE: "It does not run. Put it right by: homeport setup",
        HTTPStatus.NOT_FOUND: "It was removed, or never pushed. Push it by: homeport up",
    },
)


class Problem(BaseModel):
    """One error of an OCI error body."""

    code: str = ""
    message: str = ""


class Problems(BaseModel):
    """The OCI error body. Source: OCI distribution specification, "Error codes"."""

    errors: list[Problem] = []


def refusal(registry: str, purpose: str, status: int, body: bytes, advice: Advice = AT_HOME) -> RegistryFailed:
    """The error to raise for an answer: what was asked, the registry's own words, and what to do."""
    return RegistryFailed(
        f"The registry at {registry} refused to {purpose}: {_reason(status, body)}.",
        next_step=advice.refused.get(status, ""),
    )


def _reason(status: int, body: bytes) -> str:
    try:
        problems = Problems.model_validate(json.loads(body or b"{}")).errors
    except (ValueError, ValidationError):
        problems = []
    words = "; ".join(": ".join(filter(None, (problem.code, problem.message))) for problem in problems)
    return words or f"HTTP status {status} {responses.get(status, '')}".rstrip()
