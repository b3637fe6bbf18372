"""What runs of an application, whatever runs it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One of what runs: `status` is the engine's own phrase (`Up 3 minutes`), or AWS's count (`2 of 2 run`)."""

    service: str
    name: str
    image: str
    status: str
