"""A search for values that must be nowhere: through files and what is packed in them, and through command lines."""

from __future__ import annotations

import base64
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


def found(value: str, places: dict[str, bytes]) -> list[str]:
    """Where the value is, in any spelling."""
    return [
        f"{form} in {name}" for name, data in places.items() for form, wanted in _forms(value).items() if wanted in data
    ]


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below, and what is in the archives among them (a plan is one)."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            yield str(path), data
            yield str(path) + " unpacked", _unpacked(data)


@contextmanager
def command_lines() -> Iterator[list[bytes]]:
    """The arguments of every process that was seen meanwhile."""
    ended, seen = threading.Event(), list[bytes]()
    sampling = threading.Thread(target=_sample, args=(ended, seen))
    sampling.start()
    try:
        yield seen
    finally:
        ended.set()
        sampling.join()


def _sample(ended: threading.Event, seen: list[bytes]) -> None:
    while not ended.wait(0.02):
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(process.read_bytes())
            except OSError:
                continue  # it ended meanwhile


def _forms(value: str) -> dict[str, bytes]:
    return {
        "plain": value.encode(),
        "base64": base64.b64encode(value.encode()),
        "URL-encoded": quote(value, safe="").encode(),
        "JSON": json.dumps(value)[1:-1].replace("&", "\\u0026").encode(),  # as Terraform writes it
    }


def _unpacked(data: bytes) -> bytes:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return b""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
