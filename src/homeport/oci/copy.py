"""An image from one registry to another, by digest, so that it is the very same image there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from homeport.errors import Interrupted, RegistryFailed
from homeport.oci.manifest import Manifest
from homeport.oci.reference import Reference
from homeport.oci.registry import Registry


@dataclass(frozen=True, slots=True)
class Copied:
    """The bytes of layers and configurations that were sent, and of those that were there already."""

    sent: int
    there: int

    def __str__(self) -> str:
        return f"{_megabytes(self.sent)} sent, {_megabytes(self.there)} were there already"


@dataclass(frozen=True, slots=True)
class Copy:
    """Copies images between two registries. `stopped` is asked between two pieces."""

    source: Registry
    destination: Registry
    stopped: Callable[[], bool]

    def image(self, reference: Reference, *, to: str = "", mounts: Mapping[str, str] | None = None) -> Copied:
        """Copy an image, an index with all that it names; what is there is not sent again.

        `to` is the repository that it has in the destination, the same one without it. `mounts` names for a layer's
        digest another repository of the destination that is known to hold it.
        Raises RegistryFailed when either registry fails or the copy is not what was copied, Interrupted when stopped:
        the image is then not in the destination, and the next copy goes on from the layers that are.
        """
        repository, manifests = to or reference.repository, self._manifests(reference)
        sent = there = 0
        # An index is kept last, because a registry takes only what names things that it has.
        for manifest in reversed(manifests):
            for digest, size in manifest.blobs():
                if self._is_there(repository, digest, size, mounts or {}):
                    there += size
                else:
                    self._blob(reference.repository, repository, digest, size)
                    sent += size
            if self.destination.digest(repository, manifest.digest) is None:  # ECR takes none a second time
                self.destination.put_manifest(repository, manifest.digest, manifest)
        self._compare(reference, repository, manifests)
        return Copied(sent, there)

    def _manifests(self, reference: Reference) -> list[Manifest]:
        """The manifest of the reference; of an index, then those of its images."""
        manifest = self.source.manifest(reference.repository, reference.digest)
        if manifest.digest != reference.digest:
            raise RegistryFailed(f"The registry at {self.source.name} has {manifest.digest} instead of {reference}.")
        children = [Reference(reference.repository, child) for child in manifest.children()]
        return [manifest, *(found for child in children for found in self._manifests(child))]

    def _is_there(self, repository: str, digest: str, size: int, mounts: Mapping[str, str]) -> bool:
        if self.destination.blob_size(repository, digest) == size:
            return True
        other = mounts.get(digest, repository)
        return other != repository and self.destination.mount_blob(repository, digest, other)

    def _blob(self, origin: str, repository: str, digest: str, size: int) -> None:
        with self.source.blob(origin, digest) as pieces:
            self.destination.put_blob(repository, digest, size, self._until_stopped(repository, pieces))

    def _until_stopped(self, repository: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if self.stopped():
                raise Interrupted(
                    f"The copy of {repository} was stopped; what is copied whole is not sent again.",
                    next_step="Run the same command again to go on.",
                )
            yield piece

    def _compare(self, reference: Reference, repository: str, manifests: list[Manifest]) -> None:
        """Read the copy again: every manifest byte for byte, every blob's size. Digests were compared on arrival."""
        for wanted in manifests:
            found = self.destination.manifest(repository, wanted.digest)
            sizes = {digest: self.destination.blob_size(repository, digest) for digest, _ in wanted.blobs()}
            if found.body != wanted.body or sizes != dict(wanted.blobs()):
                raise RegistryFailed(
                    f"The copy of {reference} at {self.destination.name} is not what was copied.",
                    next_step="Run the same command again.",
                )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size else "0 bytes"
