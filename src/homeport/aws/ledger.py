"""Numbered files in the state bucket: the states of a root, and the releases of an application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from homeport.aws.bucket import Bucket
from homeport.errors import CloudFailed
from homeport.store import NumberedFiles, States

STATE = ".tfstate"
RELEASE = ".json"
DAMAGED = ".damaged"
DIGITS = 8


@dataclass(frozen=True, slots=True)
class S3Files:
    """Objects `<prefix>/00000001<suffix>`, `<prefix>/00000002<suffix>`, …

    A number is never used twice, not even one that was put aside, and nothing is ever written over: each is kept under
    the condition that there is none yet.
    """

    bucket: Bucket
    prefix: str
    suffix: str

    def numbers(self) -> list[int]:
        return [number for number, ending in self._found() if ending == self.suffix]

    def read(self, number: int) -> bytes:
        """One that is there. Raises CloudFailed for one that is not."""
        data = self.bucket.read(self._key(number))
        if data is None:
            raise CloudFailed(f"{self._key(number)} is not in the bucket {self.bucket.name} any more.")
        return data

    def read_all(self) -> dict[int, bytes]:
        """Every one by its number, oldest first; one that is removed meanwhile is left out."""
        numbers = self.numbers()
        found = self.bucket.read_all([self._key(number) for number in numbers])
        return {number: data for number, data in zip(numbers, found, strict=True) if data is not None}

    def append(self, data: bytes, *, keep: int | None = None) -> int:
        """Keep `data` under the next number, which is returned, and of all the `keep` newest.

        Raises CloudFailed when another process has kept something else under that number meanwhile.
        """
        found = self._found()
        number = max((one for one, _ in found), default=0) + 1
        self._keep(number, data)
        counted = [*(one for one, ending in found if ending == self.suffix), number]
        for old in counted[:-keep] if keep else ():
            self.remove(old)
        return number

    def remove(self, number: int) -> None:
        self.bucket.remove(self._key(number))

    def put_aside(self, number: int) -> None:
        """Keep it beside the others for whoever wants to look at it; it no longer counts."""
        self.bucket.write(self._key(number) + DAMAGED, self.read(number))
        self.remove(number)

    def _keep(self, number: int, data: bytes) -> None:
        """An answer that is lost makes Amazon's SDK ask again: what it then finds is what was written."""
        key = self._key(number)
        if self.bucket.write_new(key, data) is None and self.bucket.read(key) != data:
            raise CloudFailed(
                f"Another process has written {key} in the bucket {self.bucket.name}: nothing was written over.",
                next_step="See that nobody else deploys there, then run the same command again.",
            )

    def _found(self) -> list[tuple[int, str]]:
        """The numbers that were used, in order, each with what its name ends in."""
        names = [key.removeprefix(f"{self.prefix}/") for key in self.bucket.keys(f"{self.prefix}/")]
        return [(int(name[:DIGITS]), name[DIGITS:]) for name in names if name[:DIGITS].isdecimal()]

    def _key(self, number: int) -> str:
        return f"{self.prefix}/{number:0{DIGITS}d}{self.suffix}"


@dataclass(frozen=True, slots=True)
class HeldFiles(S3Files):
    """Those of a root whose lock is held: nobody else writes them, so nothing is asked for twice.

    `check` raises when the lock was lost: nothing is written then.
    """

    check: Callable[[], None] = lambda: None
    _endings: dict[int, str] = field(default_factory=dict)
    _contents: dict[int, bytes] = field(default_factory=dict)

    def read(self, number: int) -> bytes:
        if number not in self._contents:
            self._contents[number] = S3Files.read(self, number)
        return self._contents[number]

    def remove(self, number: int) -> None:
        self.check()
        S3Files.remove(self, number)
        self._endings.pop(number, None)

    def put_aside(self, number: int) -> None:
        self.check()
        S3Files.put_aside(self, number)
        self._endings.clear()

    def _keep(self, number: int, data: bytes) -> None:
        self.check()
        try:
            S3Files._keep(self, number, data)
        except BaseException:
            self._endings.clear()  # whether it is there now has to be asked
            raise
        self._endings[number], self._contents[number] = self.suffix, data

    def _found(self) -> list[tuple[int, str]]:
        if not self._endings:
            self._endings.update(S3Files._found(self))
        return sorted(self._endings.items())


@dataclass(frozen=True, slots=True)
class Held:
    """The numbered files of a root whose lock is held."""

    states: States
    releases: NumberedFiles


def states(bucket: Bucket, root: str) -> States:
    """Terraform's states of a root."""
    return States(S3Files(bucket, *_states(root)))


def releases(bucket: Bucket, root: str) -> S3Files:
    """The records of `<application>.<target>`."""
    return S3Files(bucket, *_releases(root))


def held(bucket: Bucket, root: str, check: Callable[[], None]) -> Held:
    """What there is now: with the root's lock held, and for no longer than that."""
    return Held(
        States(HeldFiles(bucket, *_states(root), check)),
        HeldFiles(bucket, *_releases(root), check),
    )


def _states(root: str) -> tuple[str, str]:
    return f"state/{root}", STATE


def _releases(root: str) -> tuple[str, str]:
    return f"releases/{root}", RELEASE
