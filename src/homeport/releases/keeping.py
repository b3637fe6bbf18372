"""Which releases are kept. Pure: a release's record and its images stay and go together, so that every release that
is listed can be gone back to."""

from collections.abc import Sequence

from homeport.releases.record import Release


def kept(releases: Sequence[Release], count: int) -> list[Release]:
    """The newest `count` that succeeded, and every attempt since the oldest of them; all while fewer succeeded."""
    succeeded = sorted(release.number for release in releases if release.result == "succeeded")
    oldest = succeeded[-count] if len(succeeded) >= count else 0
    return [release for release in releases if release.number >= oldest]
