"""The rules of a promotion: which release it takes, and what that must have. Pure."""

from collections.abc import Collection, Sequence

from homeport.errors import Refused
from homeport.releases.record import Release


def promotable(releases: Sequence[Release], *, called: str) -> Release:
    """The release of the target `called` that is promoted: its newest, of all there are (oldest first).

    Raises Refused when there is none, or when it did not succeed: what then serves is not what was released last.
    """
    if not releases:
        raise Refused(f"{called} was never released.", next_step=f"Run: homeport up {called}")
    last = releases[-1]
    if last.result != "succeeded":
        serving = next((release for release in reversed(releases) if release.result == "succeeded"), None)
        again = f", or for release {serving.number}: homeport rollback {called} {serving.number}" if serving else ""
        raise Refused(
            f"The last release of {called}, {last.number}, {last.ended}.",
            next_step=f"Release it again by: homeport up {called}{again}",
        )
    return last


def images_for(wanted: Collection[str], release: Release, *, called: str) -> dict[str, str]:
    """The release's very digests for all that is wanted, by name. Raises Refused with what it has no image of."""
    missing = sorted(set(wanted) - release.images.keys())
    if missing:
        raise Refused(
            f"Release {release.number} of {called} has no image of {', '.join(missing)}, which homeport.yaml names.",
            next_step=f"Release it there first: homeport up {called}",
        )
    return {name: release.images[name] for name in wanted}
