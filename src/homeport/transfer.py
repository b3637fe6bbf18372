"""What an engine says while it pulls or pushes an image. The answer's HTTP status is 200 by then, whatever comes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from homeport.errors import EngineFailed

# The engine waits 5 s before its second try, 10 s before its third, and so on for minutes. A registry that restarts is
# back by the second.
RETRYING = "Retrying in "
_SECOND_WAIT = f"{RETRYING}10 seconds"


def steps(answers: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Each as it comes. Raises EngineFailed, in the engine's words, for the error among them, and for a registry that
    is silent twice."""
    for answer in answers:
        if "error" in answer:
            raise EngineFailed(str(answer["error"]))
        if answer.get("status") == _SECOND_WAIT:
            raise EngineFailed("The registry does not answer, not on a second try either.")
        yield answer


def finish(answers: Iterable[Mapping[str, Any]]) -> None:
    """Read them to their end. Raises as `steps` does."""
    for _ in steps(answers):
        pass
