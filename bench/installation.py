"""An installation of a measurement's own, on loopback ports that are free, and nothing of it left afterwards."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from homeport.terraform import find
from tests.support.installation import Installation, probe_application, write_manifest

HOST = "probe.localhost"


@contextmanager
def installed() -> Iterator[Installation]:
    """A base with nothing on it."""
    with tempfile.TemporaryDirectory(prefix="homeport-bench-") as folder:
        installation = Installation(Path(folder))
        try:
            installation.setup()
            yield installation
        finally:
            installation.remove()


def deployed(installation: Installation, name: str = "probe") -> Path:
    """The probe, with a database and a migration, as an application of that name."""
    application = probe_application(installation.folder, name, database=True)
    installation.homeport("up", "--yes", cwd=application)
    return application


def set_version(application: Path, version: str) -> None:
    """Another configuration of the same image: the next `up` is a release and builds nothing."""
    services: Mapping[str, Mapping[str, object]] = {"api": {"route": "/", "environment": {"VERSION": version}}}
    write_manifest(application, application.name, services=services, database=True)


def empty_root(folder: Path) -> Path:
    """A Terraform root with nothing in it."""
    root = folder / "empty-root"
    root.mkdir(exist_ok=True)
    (root / "main.tf.json").write_text("{}\n")
    return root


def terraform(*arguments: str) -> list[str]:
    """A command of the Terraform that homeport itself would run."""
    return [*find().command, *arguments]
