"""Numbered files, wherever they lie: the states of a root, and the releases of an application."""

from typing import Protocol


class NumberedFiles(Protocol):
    """Files 1, 2, 3, … of one kind; a number is never used again while newer ones are there."""

    def numbers(self) -> list[int]:
        """Those that are there, in order."""
        ...

    def read(self, number: int) -> bytes:
        """One that is there."""
        ...

    def read_all(self) -> dict[int, bytes]:
        """Every one by its number, oldest first."""
        ...

    def append(self, data: bytes, *, keep: int | None = None) -> int:
        """Keep `data` under the next number, which is returned, and of all the `keep` newest."""
        ...

    def remove(self, number: int) -> None:
        """A missing one is no error."""
        ...

    def put_aside(self, number: int) -> None:
        """Keep it beside the others for whoever wants to look at it; it no longer counts."""
        ...
