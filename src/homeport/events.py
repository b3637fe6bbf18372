"""What a use case tells while it runs. Deciding how it looks is `cli/`'s."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Level = Literal["start", "progress", "done", "warning"]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of progress.

    `step` is the kind of work (`build`, `container`, `migration`, `route`, `image`, …), `subject` what it is
    done to (`api`), `text` a short clause in lower case (`healthy after 0.4 s`).
    """

    step: str
    subject: str
    text: str
    level: Level = "progress"


Emit = Callable[[Event], None]


def ignore(event: Event) -> None:
    """An `Emit` for callers that show nothing."""
