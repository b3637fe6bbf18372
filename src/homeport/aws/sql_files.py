"""The SQL files of an image of migrations in ECR: what a failure of Flyway's is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from homeport.aws.images import Images
from homeport.database.flyway import SQL_FOLDER
from homeport.errors import CloudFailed
from homeport.oci import Reference
from homeport.oci.platform import platforms
from homeport.oci.tree import read_folder


@dataclass(frozen=True)
class SqlFiles:
    """Reads them out of the account's registry."""

    images: Images

    def of(self, image: str) -> dict[str, str]:
        """Their text by path in the folder of the migrations. `image` is a reference as a task definition has it.

        Raises CloudFailed for an image that is elsewhere, RegistryFailed when it cannot be read.
        """
        host, _, name = image.partition("/")
        if host != self.images.session.registry_host:
            raise CloudFailed(f"The image {image} is not in this account's registry.")
        reference = Reference.parse(name)
        registry = self.images.registry
        digest = next(iter(platforms(registry, reference).values()))  # the SQL is the same on each platform
        manifest = registry.manifest(reference.repository, digest)
        with TemporaryDirectory(prefix="homeport-") as folder:
            found = read_folder(registry, reference.repository, manifest, SQL_FOLDER, Path(folder), lambda: False)
            return {path: file.path.read_text(errors="replace") for path, file in found.items()}
