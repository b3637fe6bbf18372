"""The record of a release: what was kept is read again, and a damaged one is known as such."""

import pytest

from homeport.releases.record import Failure, Release, Step, whole

KEPT = Release(
    number=3,
    result="failed",
    started="2026-11-01T10:00:00+00:00",
    seconds=1.5,
    by="ana@laptop",
    commit="abc",
    manifest="def",
    images={"api": "api/notes-api@sha256:0"},
    configuration={"services": {}},
    migrations=(),
    schema="1",
    steps=(Step("apply", 1.0, failed=True),),
    failure=Failure("CandidateFailed", "It did not become healthy."),
)


def test_a_kept_release_is_read_again() -> None:
    assert KEPT == whole(KEPT.to_json())


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"\0" * 4096,
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b'"number"',
        KEPT.to_json()[:100],
        KEPT.to_json().replace(b'"steps": [', b'"steps": [1, '),
        KEPT.to_json().replace(b'"kind"', b'"kinds"'),
    ],
    ids=["empty", "zeroes", "no-text", "null", "list", "nothing-in-it", "text", "cut-short", "step", "failure"],
)
def test_a_damaged_record_is_none(record: bytes) -> None:
    """Whatever a power cut or an editor made of it."""
    assert whole(record) is None
