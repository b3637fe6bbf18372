"""A build by the engine's older builder, for machines where no docker command has BuildKit."""

import io
import tarfile
import tempfile
import threading
from pathlib import Path
from typing import IO

from homeport.build.command import Command
from homeport.build.context import entries, ignore_patterns
from homeport.build.order import Order
from homeport.build.process import run
from homeport.build.progress import Transcript

_DOCKERFILE = ".homeport-dockerfile"


def build(command: Command, socket: Path, order: Order, transcript: Transcript, stopped: threading.Event) -> str | None:
    """The image's id; None when the build failed (the transcript says why) or was stopped."""
    with tempfile.TemporaryDirectory(prefix="homeport-build-") as temporary, _context(order) as context:
        written = Path(temporary, "id")
        own = ("--force-rm", "--file", _DOCKERFILE, "--iidfile", str(written), "-")
        words = [*command.words, *order.options(), *own]
        if run(words, command.environment(socket), transcript, stopped, context) != 0:
            return None
        return written.read_text().strip()


def _context(order: Order) -> IO[bytes]:
    """The context as a tar file: only what .dockerignore leaves, with our Dockerfile under a name of its own.

    The engine takes out again what the .dockerignore in it names, once it has read the Dockerfile.
    """
    source = order.source
    kept = entries(source.context, ignore_patterns(source.context, source.dockerfile))
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    # The command knows a tar file by its first header, and does not know the one that Python writes by default.
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        _add(tar, ".dockerignore", f".dockerignore\n{_DOCKERFILE}\n".encode())
        _add(tar, _DOCKERFILE, order.text.encode())
        for entry in kept:
            if entry.path != ".dockerignore":
                tar.add(entry.file, entry.path, recursive=False)
    archive.seek(0)
    return archive


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
