"""Saying how far a long copy or check is."""

from collections.abc import Callable

from homeport.events import Emit, Event


def megabytes(emit: Emit, subject: str, verb: str) -> Callable[[int, int], None]:
    """`copied 256 of 340 MB`, as bytes are done."""

    def tell(done: int, total: int) -> None:
        emit(Event("registry", subject, f"{verb} {done / 1e6:.0f} of {total / 1e6:.0f} MB"))

    return tell
