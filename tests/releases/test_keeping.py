"""Which releases are kept."""

import pytest

from homeport.releases.keeping import kept
from homeport.releases.record import Release, Result

RESULTS: dict[str, Result] = {"s": "succeeded", "f": "failed", "i": "interrupted"}


def _releases(results: str) -> list[Release]:
    return [
        Release(number, RESULTS[letter], "", 0, "", "", "", {}, {}, (), "") for number, letter in enumerate(results, 1)
    ]


@pytest.mark.parametrize(
    ("results", "count", "numbers"),
    [
        ("sss", 2, [2, 3]),
        ("sss", 3, [1, 2, 3]),
        ("ss", 10, [1, 2]),
        ("fsfsi", 1, [4, 5]),
        ("sfs", 2, [1, 2, 3]),
        ("fffs", 1, [4]),
        ("sff", 1, [1, 2, 3]),
        ("ff", 1, [1, 2]),
        ("", 1, []),
    ],
)
def test_the_newest_that_succeeded_stay(results: str, count: int, numbers: list[int]) -> None:
    """And every attempt since the oldest of them, so that the last failure can still be read."""
    assert numbers == [release.number for release in kept(_releases(results), count)]
