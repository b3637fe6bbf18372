"""Bytes in words, and how far a long copy or check is."""

from collections.abc import Callable

from homeport.events import Emit, Event


def in_words(count: float) -> str:
    """`12.3 MB`: decimal units, as disks and Docker have them."""
    for unit in ("B", "kB", "MB"):
        if abs(count) < 1000:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def counted(count: int, noun: str) -> str:
    """`1 image`, `2 images`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def progress(emit: Emit, subject: str, verb: str) -> Callable[[int, int], None]:
    """`copied 256.0 MB of 340.2 MB`, as bytes are done."""

    def tell(done: int, total: int) -> None:
        emit(Event("registry", subject, f"{verb} {in_words(done)} of {in_words(total)}"))

    return tell
