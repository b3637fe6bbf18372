"""What is asked before something is pulled or built: whether the server's disk has room for it."""

from collections.abc import Callable

# Takes what is to be done in words (`Building api`) and the bytes it may take; raises Refused without room for them.
Room = Callable[[str, int], None]


def unlimited(doing: str, size: int) -> None:
    """A `Room` for callers that ask for none."""
