"""The records of the releases, as every kind of target keeps them: one numbered file each."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from homeport.releases.record import Release, whole
from homeport.store import NumberedFiles


class Recorded(ABC):
    """A target's releases of an application, of the files that a subclass gives."""

    @abstractmethod
    def release_files(self, application: str, target: str) -> NumberedFiles:
        """The records of the releases."""

    def records(self, application: str, target: str) -> dict[int, Release | None]:
        """All kept releases by their numbers, oldest first; None where the record is damaged."""
        files = self.release_files(application, target)
        return {number: whole(data) for number, data in files.read_all().items()}

    def releases(self, application: str, target: str) -> list[Release]:
        """All kept releases, oldest first; a damaged record is left out."""
        return [release for release in self.records(application, target).values() if release]

    def newest_releases(self, application: str, target: str) -> Iterator[Release]:
        """The same, newest first, each read once it is asked for."""
        files = self.release_files(application, target)
        found = (whole(files.read(number)) for number in reversed(files.numbers()))
        return (release for release in found if release)

    def last_release(self, application: str, target: str) -> Release | None:
        """The newest release that succeeded."""
        newest = self.newest_releases(application, target)
        return next((release for release in newest if release.result == "succeeded"), None)

    def last_attempt(self, application: str, target: str) -> Release | None:
        """The newest release, however it ended."""
        return next(self.newest_releases(application, target), None)

    def next_number(self, application: str, target: str) -> int:
        """The number that the next release gets."""
        return max(self.release_files(application, target).numbers(), default=0) + 1

    def record(self, application: str, target: str, release: Release) -> None:
        """Keep the record of a release."""
        self.release_files(application, target).append(release.to_json())
