"""Layers of an image as bytes, and what reading them gives."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path, PurePosixPath

from homeport.oci.layer import Changes, File, read_layer
from homeport.oci.manifest import Blob
from homeport.oci.tree import Tree, apply, files

TYPES = {"link": tarfile.SYMTYPE, "same": tarfile.LNKTYPE, "folder": tarfile.DIRTYPE, "pipe": tarfile.FIFOTYPE}


def layer(*entries: tuple[str, ...], packed: bool = True) -> bytes:
    """A layer of `(name, text)`, `(name, "link", target)`, `(name, "same", target)`, `(name, "folder", "")`."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, *rest in entries:
            info = tarfile.TarInfo(name)
            body = rest[0].encode() if len(rest) == 1 else b""
            if len(rest) > 1:
                info.type, info.linkname = TYPES[rest[0]], rest[1]
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return gzip.compress(whole.getvalue()) if packed else whole.getvalue()


def read(body: bytes, keep: Path, *, folder: str = "site", media_type: str = "", digest: str = "") -> Changes:
    blob = Blob(digest or f"sha256:{hashlib.sha256(body).hexdigest()}", len(body), media_type)
    return read_layer(blob, iter([body[:100], body[100:]]), PurePosixPath(folder), keep)


def stacked(keep: Path, *bodies: bytes) -> dict[str, str]:
    """What the folder `site` of an image of these layers holds: path to text."""
    tree: Tree = {}
    for body in bodies:
        apply(tree, read(body, keep))
    return {path: text(file) for path, file in files(tree, PurePosixPath("site")).items()}


def text(file: File) -> str:
    return file.path.read_text()
